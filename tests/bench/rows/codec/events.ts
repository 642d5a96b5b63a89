import { schemas } from "../../../../schemas/generated/schemas.ts";
import { type Lived, lives } from "../../harness/lives.ts";

export type Input = { readonly operations: number };

/** Real events of a hundred clusters, everything that happens in a life among them. */
export const events: readonly Lived[] = [...lives(100)];

/** What the wire needs of a schema. */
export const newest = new Map(schemas.filter(({ aggregate }) => aggregate === "cluster").map((schema) => [schema.event, schema]));

/** The headers that the wire asks for, the same for everybody. */
export const headersOf = ({ stream, version, time, owner, row, actionId, event }: Lived, schemaId: number) => ({
  ce_specversion: "1.0",
  ce_id: `${stream}@${version}`,
  ce_source: "/pitrix/cluster",
  ce_type: `pitrix.cluster.${event.type}`,
  ce_time: time,
  ce_subject: stream,
  ce_sequence: String(version).padStart(12, "0"),
  ce_correlationid: actionId,
  ce_actionid: actionId,
  ce_dataschema: `/schemas/ids/${schemaId}`,
  ce_row: row,
  ce_actor: owner,
  ce_ownerpath: `:${owner}`,
  ce_hops: "0",
  ce_commit: `${version}-${version}`,
  "content-type": "application/avro",
});
type Headers = ReturnType<typeof headersOf>;

/** What is read back of a record: the event, and beside it what the headers say. */
export type Read = { readonly type: string; readonly version: number; readonly fields: unknown };
export const versionIn = ({ ce_sequence }: Headers): number => Number(ce_sequence);
export const typeIn = ({ ce_type }: Headers): string => ce_type.slice("pitrix.cluster.".length);

/** One way to write an event for the wire and to read it again; `at` is its place among `events`. */
export type Way = (lived: Lived, at: number) => Read | Promise<Read>;

const known = Object.fromEntries(events.map(({ event }) => [event.type, true]));

/** Times a way, after letting it warm up, and checks that what it read is what was written. */
export const timed = (operations: number, way: Way) => {
  const pass = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) {
      const at = index % events.length;
      const lived = events[at];
      if (!lived) continue;
      const read = way(lived, at);
      // Awaited only where the way is one that waits.
      if (read instanceof Promise) await read;
    }
  };
  return {
    warm: () => pass(Math.min(operations, 4 * events.length)),
    work: async () => {
      await pass(operations);
      return operations;
    },
    check: async () => {
      // Some ways put the type among the fields.
      const plain = (value: unknown): string =>
        JSON.stringify(value, (name, field) => (name === "type" && field in known ? undefined : field));
      for (const [at, lived] of events.entries()) {
        const { type, version, fields } = await way(lived, at);
        const { type: written, ...rest } = lived.event;
        if (type !== written || version !== lived.version || plain(fields) !== plain(rest))
          throw new Error(`${lived.stream}@${lived.version} was read as ${plain({ type, version, fields })}`);
      }
      return `${events.length} events read as they were written`;
    },
  };
};
