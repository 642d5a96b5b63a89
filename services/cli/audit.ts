import { aggregateOf, type LogRecord } from "../../events/index.ts";
import { type Audit, auditor, type Finding, originOf, type PublishedEvent } from "../../events/runtime.ts";
import { MAX_EVENTS } from "../chassis/http/audit-routes.ts";
import { loadServices } from "../chassis/list.ts";
import { services } from "../index.ts";
import { askOne, type Platform } from "./connection.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { type Paint, table } from "./output.ts";

type Asked = { readonly event: PublishedEvent; readonly origin: string };

/**
 * Audits the log record by record. With a platform, each record is also held against the store of the service that owns its topic, which is
 * asked about many records at once. `finish` asks about the rest.
 */
export const auditOf = async (platform: Platform | undefined) => {
  const { take, forged, result } = auditor();
  const loaded = await loadServices(services);
  const owners = new Map(loaded.flatMap(({ name, aggregates }) => Object.keys(aggregates).map((aggregate) => [aggregate, name] as const)));
  const waiting = new Map<string, Asked[]>();

  const ask = async (service: string): Promise<void> => {
    const asked = waiting.get(service) ?? [];
    waiting.delete(service);
    if (!platform || asked.length === 0) return;
    const answer = await askOne(platform, service, "/internal/audit", { events: asked.map(({ event }) => event) });
    if (answer === undefined)
      throw new CommandFailed(`${service} does not answer: what it has published is not known`, exitCodes.unavailable);
    const unknown = (answer as { readonly forged: readonly PublishedEvent[] }).forged; // All services are of one release.
    const keyOf = ({ stream, version, digest }: PublishedEvent): string => `${stream}@${version} ${digest}`;
    const keys = new Set(unknown.map(keyOf));
    for (const { event, origin } of asked) if (keys.has(keyOf(event))) forged(event, origin);
  };

  return {
    take: async (record: LogRecord): Promise<void> => {
      const event = take(record);
      const service = event && platform && owners.get(aggregateOf(event.stream));
      if (!service) return;
      const asked = waiting.get(service) ?? [];
      asked.push({ event, origin: originOf(record) });
      waiting.set(service, asked);
      if (asked.length === MAX_EVENTS) await ask(service);
    },
    finish: async (): Promise<Audit> => {
      for (const service of [...waiting.keys()]) await ask(service);
      return result();
    },
  };
};

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
  if (finding.kind === "late" || finding.kind === "forged") return `${finding.version}`;
  if (finding.kind === "unversioned") return "none";
  return finding.from === finding.to ? `${finding.from}` : `${finding.from} to ${finding.to}`;
};
