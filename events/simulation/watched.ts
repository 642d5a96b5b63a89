import type { Commit, Log, OutgoingRecord } from "../ports.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Journal } from "./journal.ts";

/** A log that reports each publication and delivery. */
export const watchedLog = (
  log: Log,
  incarnation: Incarnation,
  journal: Journal,
  published: (records: readonly OutgoingRecord[]) => void,
  delivered: () => void,
): Log => ({
  ...log,
  publish: async (records) => {
    if (journal.isRecorded) journal.note(incarnation.name, `publishes ${records.map(idOf).join(" ")}`, streamsIn(records));
    const ends = await log.publish(records);
    published(records);
    return ends;
  },
  subscribe: (subscription) =>
    log.subscribe({
      ...subscription,
      handle: async (batch, signal) => {
        if (journal.isRecorded) {
          const { group } = subscription;
          journal.note(incarnation.name, `${group} gets ${batch.records.map(idOf).join(" ")}`, streamsIn(batch.records));
        }
        const next = await subscription.handle(batch, signal);
        delivered();
        return next;
      },
    }),
});

export const idOf = ({ headers }: OutgoingRecord): string => headers.ce_id ?? "?";
export const streamsIn = (records: readonly OutgoingRecord[]): readonly string[] => [...new Set(records.map(({ key }) => key))];
export const commitLine = ({ stream, version, events, cause, rejection }: Commit): string =>
  `${stream}@${version} ${events.map(({ type }) => type).join(" ") || (rejection ? `rejected: ${rejection.rejected}` : "nothing to do")}${cause === null ? "" : ` because of ${cause}`}`;
