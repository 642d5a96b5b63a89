import { isDeepStrictEqual } from "node:util";
import type { Difference, LogEnd, Ports, StoredDocument } from "../ports.ts";
import { type Folding, foldStreams } from "./fold-streams.ts";
import { endsOf, sourcesOf, startsOf } from "./log-ends.ts";
import { differingFields, isSame, type Pair } from "./pairs.ts";

/** Two collections of a read model to compare. */
export type Verifying = Omit<Folding, "log"> & {
  readonly ports: Pick<Ports, "documents" | "parking" | "log" | "clock">;
  readonly live: string;
  readonly other: string;
  /** The other collection contains what is before these offsets, and nothing after them. The live one contains it, too, and follows the log. */
  readonly ends: readonly LogEnd[];
  /** Fields in which the two may differ. */
  readonly mayDiffer: readonly string[];
};

/** A document as its stream's events make it, with the event that set each field last. */
type Made = { live?: StoredDocument; other?: StoredDocument; readonly setBy: Map<string, string> };

/** Says of documents that differ which fields do, which events set them, and which of the two is not what the events make. */
export const explain = async (
  { ports, live, other, mayDiffer, ...verifying }: Verifying,
  pairs: readonly Pair[],
): Promise<readonly Difference[]> => {
  const { log } = ports;
  const topics = sourcesOf(verifying.projection, verifying.contract);
  const part = { from: await startsOf(log, topics), to: await endsOf(log, topics) };
  const all = new Map(pairs.map((pair) => [pair.id, pair]));
  const made = new Map(pairs.map(({ id }): [string, Made] => [id, { setBy: new Map() }]));
  const wanted = pairs.map((pair) => ({ id: pair.id, stream: streamOf(pair), before: undefined, last: lastOf(pair) }));
  const values = new Map<string, StoredDocument["value"]>();
  await foldStreams({ ...verifying, log }, wanted, part, (id, document, { meta }) => {
    const [pair, own] = [all.get(id), made.get(id)];
    if (!pair || !own) return;
    const before = values.get(id) ?? {};
    for (const field of new Set([...Object.keys(before), ...Object.keys(document.value)]))
      if (!isDeepStrictEqual(before[field], document.value[field])) own.setBy.set(field, meta.eventId);
    values.set(id, document.value);
    if (document.version <= (pair.live?.version ?? lastOf(pair))) own.live = document;
    if (document.version <= (pair.other?.version ?? lastOf(pair))) own.other = document;
  });
  return pairs.map((pair): Difference => {
    const own = made.get(pair.id);
    const fields = differingFields(pair.live, pair.other).filter((field) => !mayDiffer.includes(field));
    return {
      id: pair.id,
      stream: streamOf(pair),
      versions: [pair.live?.version ?? null, pair.other?.version ?? null],
      fields: fields.map((field) => ({ field, event: own?.setBy.get(field) ?? null })),
      wrong: [...(isSame(pair.live, own?.live) ? [] : [live]), ...(isSame(pair.other, own?.other) ? [] : [other])],
    };
  });
};

const streamOf = ({ live, other }: Pair): string => live?.stream ?? other?.stream ?? "";
const lastOf = ({ live, other }: Pair): number => Math.max(live?.version ?? 0, other?.version ?? 0);
