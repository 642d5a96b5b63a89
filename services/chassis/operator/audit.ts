import { type AnyService, aggregateOf, type LogRecord } from "../../../events/index.ts";
import { type Audit, auditor, originOf, type PublishedEvent, type UnknownEvent } from "../../../events/runtime.ts";
import { MAX_EVENTS, type StreamsAnswer } from "../http/audit-routes.ts";
import type { ServicesClient } from "../http/causation-query.ts";
import { CommandFailed, exitCodes } from "./failure.ts";

type Asked = { readonly event: PublishedEvent; readonly origin: string };

/** Those streams of a service that are of concern, with the last version that it has published. */
const publishedBy = async (
  platform: ServicesClient,
  service: string,
  concerns: (stream: string) => boolean,
): Promise<ReadonlyMap<string, number>> => {
  const heads = new Map<string, number>();
  for (let after: StreamsAnswer["after"] | undefined; after !== null; ) {
    const answer = (await platform.request(service, "/internal/audit/streams", { after })) as StreamsAnswer | undefined; // Of one release.
    if (answer === undefined) throw unknownStore(service);
    for (const [stream, version] of answer.streams) if (concerns(stream)) heads.set(stream, Math.max(version, heads.get(stream) ?? 0));
    after = answer.after;
  }
  return heads;
};

const unknownStore = (service: string): CommandFailed =>
  new CommandFailed(`${service} does not answer: what it has published is not known`, exitCodes.unavailable);

/**
 * Audits the log record by record. With a platform, each record is also held against the store of the service that owns its topic, which is
 * asked about many records at once, and what the stores had published before must be on the log. `finish` asks about the rest.
 */
export const auditOf = async (
  platform: ServicesClient | undefined,
  loaded: readonly AnyService[],
  concerns: (stream: string) => boolean = () => true,
) => {
  const { take, unknown, published, result, goOn } = auditor();
  let isOfConcern = concerns;
  const running = new Set(platform ? await platform.services() : []);
  const heads = new Map<string, ReadonlyMap<string, number>>();
  for (const { name } of platform ? loaded : [])
    if (running.has(name)) heads.set(name, await publishedBy(platform as ServicesClient, name, concerns));
  const owners = ownersOf(loaded);
  const waiting = new Map<string, Asked[]>();

  const ask = async (service: string): Promise<void> => {
    const asked = waiting.get(service) ?? [];
    waiting.delete(service);
    if (!platform || asked.length === 0) return;
    const answer = await platform.request(service, "/internal/audit", { events: asked.map(({ event }) => event) });
    if (answer === undefined) throw unknownStore(service);
    const keyOf = ({ stream, version, digest }: PublishedEvent): string => `${stream}@${version} ${digest}`;
    const { forged } = answer as { readonly forged: readonly UnknownEvent[] }; // As above.
    const found = new Map(forged.map((event) => [keyOf(event), event]));
    for (const { event, origin } of asked) {
      const missing = found.get(keyOf(event));
      if (missing) unknown(missing, origin);
    }
  };

  return {
    take: async (record: LogRecord): Promise<void> => {
      if (!isOfConcern(record.key)) return;
      const event = take(record);
      const service = event && platform && owners.get(aggregateOf(event.stream));
      if (!service) return;
      const asked = waiting.get(service) ?? [];
      asked.push({ event, origin: originOf(record) });
      waiting.set(service, asked);
      if (asked.length === MAX_EVENTS) await ask(service);
    },
    /** Forgets what was found, and goes on with the records that follow, of these streams. */
    goOn: (concerned: (stream: string) => boolean): void => {
      goOn();
      isOfConcern = concerned;
      heads.clear();
    },
    finish: async (): Promise<Audit> => {
      for (const service of [...waiting.keys()]) await ask(service);
      for (const [service, streams] of heads) for (const [stream, version] of streams) published(stream, version, service);
      return result();
    },
  };
};

/** The service of each aggregate. */
export const ownersOf = (loaded: readonly AnyService[]): ReadonlyMap<string, string> =>
  new Map(loaded.flatMap(({ name, aggregates }) => Object.keys(aggregates).map((aggregate) => [aggregate, name] as const)));
