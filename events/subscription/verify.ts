import { nameOf } from "../log/partition.ts";
import type { StoredDocument, Verdict } from "../ports.ts";
import { explain, type Verifying } from "./explain.ts";
import { foldStreams, type Part, type Wanted } from "./fold-streams.ts";
import { endsOf, sourcesOf, startsOf } from "./log-ends.ts";
import { differingFields, isSame, type Page, type Pair, pageOf } from "./pairs.ts";

/** Documents whose versions differ that are resolved together, and differences that are told in detail. */
const MAX_OPEN = 5_000;
const MAX_FIRST = 20;
/** How often, and after how many milliseconds, documents in which the live collection is behind are read again. */
const ATTEMPTS = 10;
const PAUSE = 100;

/**
 * Compares two collections of a read model by id, tombstones included, while the live one is updated. Documents of one version are compared as they
 * are. Where the live one is ahead, the events after `ends` are folded into the other one's document. Where it is behind, it is read again; a stream
 * that it has parked is compared up to the parked event. Everything else is a difference.
 */
export const verify = async (verifying: Verifying, told: (compared: number) => void): Promise<Omit<Verdict, "generation">> => {
  const { ports, live, other, signal, mayDiffer } = verifying;
  const differing: Pair[] = [];
  let open: Pair[] = [];
  let [compared, ahead, differences, expected] = [0, 0, 0, 0];
  const differs = (pair: Pair): void => {
    if (mayDifferSo(pair, mayDiffer)) {
      expected += 1;
      return;
    }
    differences += 1;
    if (differing.length < MAX_FIRST) differing.push(pair);
  };
  const resolve = async (): Promise<void> => {
    const expectedly = (): void => {
      expected += 1;
    };
    const found = open.length === 0 ? [] : await resolved(verifying, open, expectedly);
    ahead += open.length - found.length;
    for (const pair of found) differs(pair);
    open = [];
  };
  const read = (after: string | undefined): Promise<Page> => {
    const page = pageOf(ports.documents, [live, other], after);
    // It is awaited one page later, unless an error comes first.
    page.catch(() => {});
    return page;
  };
  for (let next: Promise<Page> | undefined = read(undefined); next; ) {
    signal.throwIfAborted();
    const { pairs, until }: Page = await next;
    next = until === undefined ? undefined : read(until);
    for (const pair of pairs) {
      if (pair.live?.version !== pair.other?.version) open.push(pair);
      else if (!isSame(pair.live, pair.other)) differs(pair);
    }
    if (open.length >= MAX_OPEN || !next) await resolve();
    compared += pairs.length;
    told(compared);
  }
  const first = differing.length === 0 ? [] : await explain(verifying, differing);
  return { against: live, at: ports.clock.now(), compared, ahead, differences, ...(expected > 0 && { expected }), first };
};

/** Whether two documents are equal but for fields in which they may differ. */
const mayDifferSo = ({ live, other }: Pair, mayDiffer: readonly string[]): boolean =>
  mayDiffer.length > 0 &&
  live !== undefined &&
  other !== undefined &&
  live.version === other.version &&
  live.deleted === other.deleted &&
  differingFields(live, other).every((field) => mayDiffer.includes(field));

/** The differences among documents of different versions. */
const resolved = async (verifying: Verifying, open: readonly Pair[], expectedly: () => void): Promise<readonly Pair[]> => {
  const { ports, live, ends, mayDiffer, ...folding } = verifying;
  const isWrong = ({ id, live: found }: Pair, made: StoredDocument | undefined): boolean => {
    if (isSame(found, made)) return false;
    if (!mayDifferSo({ id, live: found, other: made }, mayDiffer)) return true;
    expectedly();
    return false;
  };
  const parked = new Map((await ports.parking.streams(live)).map(({ stream, first }) => [stream, first]));
  const isParked = ({ live: found, other }: Pair): boolean => parked.has(other?.stream ?? found?.stream ?? "");
  const pairs = await readAgain(verifying, open, isParked);
  const [behind, further] = [pairs.filter(isBehind), pairs.filter((pair) => !isBehind(pair))];
  const held = behind.filter(isParked);
  const fold = async (wanted: readonly Wanted[], part: Part): Promise<ReadonlyMap<string, StoredDocument>> =>
    wanted.length === 0 ? new Map() : foldStreams({ ...folding, log: ports.log }, wanted, part);
  const topics = sourcesOf(verifying.projection, verifying.contract);

  const fromEnds = new Map(ends.map(({ end, ...place }) => [nameOf(place), end]));
  const now = await endsOf(ports.log, topics);
  const ahead = further.map(({ id, live: found, other }) => ({
    id,
    stream: found?.stream ?? "",
    before: other,
    last: found?.version ?? 0,
  }));
  const later = await fold(ahead, { from: fromEnds, to: now });
  // What the live collection has of a parked stream is what the events before the parked one make.
  const before = held.map(({ id, other }) => ({ id, stream: other?.stream ?? "", before: undefined, last: lastOf(parked, other) }));
  const earlier = await fold(before, { from: await startsOf(ports.log, topics), to: now });
  return [
    ...behind.filter((pair) => !isParked(pair)),
    ...held.filter((pair) => isWrong(pair, earlier.get(pair.id))),
    ...further.filter((pair) => isWrong(pair, later.get(pair.id))),
  ];
};

const isBehind = ({ live, other }: Pair): boolean => (live?.version ?? 0) < (other?.version ?? 0);
const lastOf = (parked: ReadonlyMap<string, number>, document: StoredDocument | undefined): number =>
  (parked.get(document?.stream ?? "") ?? 1) - 1;

/** The pairs with the live documents as they are after a while, for those that are behind without being parked. */
const readAgain = async ({ ports, live, signal }: Verifying, open: readonly Pair[], isParked: (pair: Pair) => boolean) => {
  const isLate = (pair: Pair): boolean => isBehind(pair) && !isParked(pair);
  let pairs = open;
  for (let attempt = 0; attempt < ATTEMPTS && pairs.some(isLate); attempt++) {
    if (attempt > 0) await ports.clock.sleep(PAUSE, signal);
    signal.throwIfAborted();
    const late = pairs.filter(isLate).map(({ id }) => id);
    const found = new Map((await ports.documents.get(live, late)).map((document) => [document.id, document]));
    pairs = pairs.map((pair) => (isLate(pair) ? { ...pair, live: found.get(pair.id) ?? pair.live } : pair));
  }
  return pairs;
};
