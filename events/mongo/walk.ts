import type { Collection } from "mongodb";
import type { Place } from "../ports.ts";
import { type CommitDocument, scatter, scatterKey, walkKey } from "./commit-document.ts";
import type { Ready } from "./ready.ts";

const whole = 2 ** 32;
/** A call begins with no more than this part of the keys, since a backlog may have come after the last. */
const first = whole / 256;
const beyondAll = "g";
const minute = 60_000;

/**
 * Pages over the commits with a mark. The embedded server reads the whole range of a query before it sorts and limits, so no
 * query may range over a backlog: streams are scattered over the index, and a walk goes by windows about a page wide.
 * The width is carried from call to call; it changes what a page costs and never what it holds.
 */
export const windowWalk = (commits: Ready<Collection<CommitDocument>>, field: "publish" | "effect") => {
  let width = first;
  return async (after: Place | undefined, limit: number): Promise<readonly CommitDocument[]> => {
    const collection = await commits();
    const found: CommitDocument[] = [];
    width = Math.min(width, first);
    let position = after === undefined ? 0 : scatter(after.stream);
    let from: { readonly $gt: string } | { readonly $gte: string } =
      after === undefined ? { $gte: "" } : { $gt: walkKey(after.stream, after.version) };
    while (found.length < limit && position < whole) {
      const end = Math.min(whole, position + width);
      const range = { ...from, $lt: end === whole ? beyondAll : scatterKey(end) };
      const wanted = limit - found.length;
      const page = await collection
        .find({ [field]: range })
        .sort({ [field]: 1 })
        .limit(wanted)
        .toArray();
      found.push(...page);
      width = nextWidth(width, page.length, wanted, limit);
      position = end;
      from = { $gte: scatterKey(end) };
    }
    return found;
  };
};

const nextWidth = (width: number, got: number, wanted: number, limit: number): number => {
  if (got === wanted) return Math.max(1, Math.floor(width / 4));
  if (got < limit / 16) return Math.min(whole, width * 16);
  return got < limit / 2 ? Math.min(whole, width * 2) : width;
};

/**
 * The commits with the earliest timers. Again a bounded range: as far as the page before went, and further while that finds too few.
 */
export const timerWalk = (commits: Ready<Collection<CommitDocument>>) => {
  let reach = 0;
  return async (until: number, limit: number): Promise<readonly CommitDocument[]> => {
    const collection = await commits();
    const earliest = (document: CommitDocument): number => Math.min(...(document.timers ?? []).map(({ at }) => at));
    for (let bound = Math.min(until, reach), span = minute; ; bound = Math.min(until, bound + span), span *= 8) {
      const found = await collection
        .find({ "timers.at": { $lte: bound } })
        .sort({ "timers.at": 1 })
        .limit(limit)
        .toArray();
      if (found.length < limit && bound < until) continue;
      const sorted = found.sort((left, right) => earliest(left) - earliest(right) || (left._id < right._id ? -1 : 1)).slice(0, limit);
      const last = sorted.at(-1);
      reach = last === undefined || sorted.length < limit ? until + minute : earliest(last);
      return sorted;
    }
  };
};
