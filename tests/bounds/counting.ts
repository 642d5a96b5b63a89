import { codec } from "../../events/codec/codec.ts";
import type { LogRecord, OutgoingRecord } from "../../events/ports.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import type { Projection } from "../../services/chassis/events.ts";
import { change } from "../world/toys/catalog.ts";

/** What a child of these tests is told, and what it tells. */
export type Told = { readonly blocked: boolean; readonly milliseconds: number };
export type Figures = {
  /** Writes that wait just now, and events folded so far. */
  readonly waiting: number;
  readonly folded: number;
  /** After a garbage collection, in bytes. */
  readonly heap: number;
  readonly rss: number;
};

export type Counted = { readonly count: number; readonly fingerprint: number };
const nothing: Counted = { count: 0, fingerprint: 7 };
/** Depends on every event and on their order. */
const counted = ({ count, fingerprint }: Counted, name: string): Counted => ({
  count: count + 1,
  fingerprint: (fingerprint * 31 + Number(name)) % 1_000_003,
});

let folded = 0;
export const eventsFolded = (): number => folded;
/** The read model of a child. */
export const counts: Projection<Counted> = {
  name: "counts",
  version: 1,
  initialState: nothing,
  evolve: {
    CategoryModified: (document, { name }) => {
      folded++;
      return counted(document, name);
    },
  },
};

const released = codec(schemas);
/** Streams of a backlog, and its nth event: streams take turns. */
export const streams = 500;
export const idOf = (run: string, stream: number): string => `${run}-${stream}`;
export const nth = (run: string, index: number): OutgoingRecord => change(idOf(run, index % streams), 1 + Math.floor(index / streams));

/** What a fresh fold of the log makes of these streams, each event once. */
export const foldOf = (run: string) => {
  const documents = new Map<string, Counted & { readonly version: number }>();
  return {
    documents,
    add: ({ key, headers, value }: LogRecord): void => {
      const id = key.slice(key.indexOf("/") + 1);
      const before = documents.get(id) ?? { ...nothing, version: 0 };
      const version = Number(headers.ce_sequence);
      if (!id.startsWith(`${run}-`) || !value || version <= before.version) return;
      const event = released.decode(Buffer.from(value).readInt32BE(1), value.subarray(5));
      documents.set(id, { ...counted(before, String(Reflect.get(event, "name"))), version });
    },
  };
};
