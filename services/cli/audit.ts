import type { Audit, Finding } from "../../events/runtime.ts";
import { type Paint, table } from "./output.ts";

/** The audit as text: one sentence if the log is complete, otherwise one line for each finding. */
export const auditText = ({ records, streams, repeats, findings }: Audit, paint: Paint): string => {
  const read = `${records} records of ${streams} streams, ${repeats} of them repeats`;
  if (findings.length === 0) return `${paint("green", "complete")}  ${read}: no version is missing or out of order.`;
  const shown = findings.slice(0, MAX_SHOWN).map((finding) => [finding.kind, finding.stream, versionsOf(finding), finding.origin]);
  const more = findings.length > MAX_SHOWN ? `\n… and ${findings.length - MAX_SHOWN} more (--json)` : "";
  return `${table(["WHAT", "STREAM", "VERSION", "SEEN AT"], shown, paint)}${more}\n${paint("red", `${findings.length} findings`)}  in ${read}.`;
};
const MAX_SHOWN = 100;

const versionsOf = (finding: Finding): string => {
  if (finding.kind === "late") return `${finding.version}`;
  if (finding.kind === "unversioned") return "none";
  return finding.from === finding.to ? `${finding.from}` : `${finding.from} to ${finding.to}`;
};
