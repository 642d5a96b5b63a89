import type { Collection } from "mongodb";
import type { Commit, EventStore } from "../ports.ts";
import { type CommitDocument, claimKey, claimOf, fromDocument, idOf } from "./commit-document.ts";
import type { Ready } from "./ready.ts";

/** Turns looked up in one query. */
const several = 8;

type Holding = { readonly turn: number; readonly document: CommitDocument; readonly released: boolean };

/** The last turn of a claim that was taken. */
const lastTurn = async (commits: Collection<CommitDocument>, claim: string): Promise<Holding | undefined> => {
  let last: Holding | undefined;
  for (let first = 0; ; first += several) {
    const turns = Array.from({ length: several }, (_, index) => first + index);
    const found = await commits.find({ claims: { $in: turns.map((turn) => claimKey(claim, turn)) } }).toArray();
    for (const turn of turns) {
      const key = claimKey(claim, turn);
      const document = found.find(({ claims }) => claims?.includes(key));
      if (document === undefined) return last;
      last = { turn, document, released: document.released?.includes(key) ?? false };
    }
  }
};

/** The turns to take for the claims of a commit; undefined if one of them is held. */
export const nextTurns = async (
  commits: Collection<CommitDocument>,
  claims: readonly string[],
): Promise<ReadonlyMap<string, number> | undefined> => {
  const turns = new Map<string, number>();
  for (const claim of claims) {
    const last = await lastTurn(commits, claim);
    if (last?.released === false) return undefined;
    turns.set(claim, last === undefined ? 0 : last.turn + 1);
  }
  return turns;
};

/**
 * Claims, under a unique index over `<claim>#<turn>`. A value is never taken off the index: one that is released is marked so, and who
 * claims it next takes its next turn. An insert with an outdated turn then meets a duplicate whatever the order of events, and it does
 * not matter that the native embedded server keeps the unique key of a value that an update removed.
 */
export const claims = (commits: Ready<Collection<CommitDocument>>): Pick<EventStore, "findClaim" | "releaseClaim"> => ({
  findClaim: async (claim): Promise<Commit | undefined> => {
    const last = await lastTurn(await commits(), claim);
    return last === undefined || last.released ? undefined : fromDocument(last.document);
  },
  releaseClaim: async (commit, claim) => {
    const collection = await commits();
    const stored = await collection.findOne({ _id: idOf(commit) });
    const key = stored?.claims?.find((each) => claimOf(each) === claim);
    if (key !== undefined) await collection.updateOne({ _id: idOf(commit) }, { $addToSet: { released: key } });
  },
});
