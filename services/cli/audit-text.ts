import type { Audit, Finding } from "../../events/runtime.ts";
import type { ModelAudit } from "../chassis/operator/audit-models.ts";
import { type Paint, table } from "./output.ts";

/** The audit as text: one sentence if the log is complete, otherwise one line for each finding. */
export const auditText = ({ records, streams, repeats, findings }: Audit, isAsked: boolean, paint: Paint): string => {
  const read = `${records} records of ${streams} streams, ${repeats} of them repeats`;
  const complete = `${paint("green", "complete")}  ${read}: no version is missing or out of order`;
  if (findings.length === 0)
    return `${complete}${isAsked ? ", and the services have published all of them." : "; the services were not asked."}`;
  const shown = findings.slice(0, MAX_SHOWN).map((finding) => [finding.kind, finding.stream, versionsOf(finding), finding.origin]);
  const more = findings.length > MAX_SHOWN ? `\n… and ${findings.length - MAX_SHOWN} more (--json)` : "";
  return `${table(["WHAT", "STREAM", "VERSION", "SEEN AT"], shown, paint)}${more}\n${paint("red", `${findings.length} findings`)}  in ${read}.`;
};
const MAX_SHOWN = 100;

const versionsOf = (finding: Finding): string => {
  if ("version" in finding) return `${finding.version}`;
  if (finding.kind === "unversioned") return "none";
  return finding.from === finding.to ? `${finding.from}` : `${finding.from} to ${finding.to}`;
};

const MAX_IDS = 60;
/** One sentence if all read models are what the events make, otherwise one line for each finding. */
export const modelAuditText = ({ models, documents, wrong, findings }: ModelAudit, paint: Paint): string => {
  const sum = Object.values(wrong).reduce((all, count) => all + count, 0);
  if (sum === 0) return `${paint("green", "equal")}  ${documents} documents of ${models} read models are what the events make.`;
  const rows = findings.map(({ service, model, id, versions, fields }) => [
    ...[`${service}/${model}`, id.slice(0, MAX_IDS), ...versions.map((version) => version ?? "-")],
    fields.map(({ field, event }) => `${field}${event === null ? "" : ` (${event})`}`).join(", "),
  ]);
  const more = sum > findings.length ? `\n… and ${sum - findings.length} more` : "";
  const head = ["READ MODEL", "DOCUMENT", "IS AT", "EVENTS MAKE", "FIELDS AND THE EVENTS THAT SET THEM"];
  return `${table(head, rows, paint)}${more}\n${paint("red", `${sum} wrong ${sum === 1 ? "document" : "documents"}`)}  in ${documents} of ${models} read models.`;
};
