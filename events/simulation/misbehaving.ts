import type { MemoryDatabase } from "../memory/database.ts";
import { memoryDocuments } from "../memory/documents.ts";
import { type Fate, kind } from "../memory/fate.ts";
import { memoryStore } from "../memory/store.ts";
import { Outage } from "../outage.ts";
import type { Clock, Commit, Documents, EventStore, StoredDocument } from "../ports.ts";
import type { Faults } from "./faults.ts";

/** A database with the additional state that faults need. */
export type Storage = {
  readonly database: MemoryDatabase;
  /** Keys (versions, causes, claims) of commits that no majority has acknowledged yet. They already cause duplicate-key errors, and may be rolled back. */
  readonly unsettled: Set<string>;
  /** The previous version of each document, returned by stale reads. */
  readonly former: Map<string, StoredDocument>;
};
export const storage = (database: MemoryDatabase): Storage => ({ database, unsettled: new Set(), former: new Map() });

type Chance = { readonly faults: Faults; readonly random: () => number; readonly calm: () => boolean };

const takes = ({ stream, version, events, cause, claims }: Commit): readonly string[] => [
  ...(events.length > 0 ? [`version ${stream}@${version}`] : []),
  ...(cause === null ? [] : [`cause ${cause}`]),
  ...claims.map((claim) => `claim ${claim}`),
];

/**
 * A store whose inserts sometimes reach a majority late or never. Until then an insert of the same keys gets a duplicate-key error, although
 * no reader can see the first commit.
 */
export const unsettledStore = (
  { database, unsettled }: Storage,
  { faults, random, calm }: Chance,
  fate: Fate,
  now: () => number,
  time: Clock,
  { appended, acknowledged }: { readonly appended: (commit: Commit) => void; readonly acknowledged: (commit: Commit) => void },
): EventStore => {
  const plain = memoryStore(database, kind, now);
  const insert = async (commit: Commit): Promise<number> => {
    const keys = takes(commit);
    if (keys.some((key) => unsettled.has(key))) return 0;
    if (calm() || random() >= faults.rollbacks) return plain.append(commit);
    for (const key of keys) unsettled.add(key);
    await time.sleep(400 * random());
    for (const key of keys) unsettled.delete(key);
    if (random() < 0.5) throw new Outage("the write was rolled back");
    return plain.append(commit);
  };
  return {
    ...memoryStore(database, fate, now),
    // Each commit of a chain has its own fate: a crash can leave only the first commits stored.
    append: async (...commits) => {
      let done = 0;
      for (const commit of commits) {
        const call = `store.append ${commit.stream}@${commit.version} ${commit.events.map(({ type }) => type).join(" ") || "(receipt)"}`;
        await fate.before(call);
        const inserted = await insert(commit);
        if (inserted > 0) appended(commit);
        await fate.after(call);
        if (inserted > 0) acknowledged(commit);
        if (inserted === 0) break;
        done++;
      }
      return done;
    },
  };
};

/** Documents whose reads sometimes return an earlier version, and whose writes sometimes report a conflict although they succeeded. */
export const lateDocuments = ({ database, former }: Storage, { faults, random, calm }: Chance, fate: Fate): Documents => {
  const documents = memoryDocuments(database, fate);
  return {
    ...documents,
    get: async (collection, ids) => {
      const found = await documents.get(collection, ids);
      if (faults.staleReads === 0 || calm() || random() >= faults.staleReads) return found;
      return found.flatMap((document) => former.get(`${collection} ${document.id}`) ?? []);
    },
    write: async (collection, writes) => {
      if (faults.staleReads > 0)
        for (const { document } of writes) {
          const there = database.models.get(collection)?.get(document.id);
          if (there) former.set(`${collection} ${document.id}`, there);
        }
      const areWritten = await documents.write(collection, writes);
      if (faults.misses === 0 || calm()) return areWritten;
      return areWritten && writes.every(() => random() >= faults.misses);
    },
  };
};
