import { commitId, positionKey } from "../keys.ts";
import { nameOf } from "../log/partition.ts";
import type { Commit, EventStore } from "../ports.ts";
import { copyCommit } from "./copy.ts";
import type { MemoryDatabase } from "./database.ts";
import { dueMarks, setMarks } from "./due.ts";
import { type Fate, under } from "./fate.ts";
import { insert } from "./sorted.ts";

/** One instance's view of an event store in memory. */
export const memoryStore = (database: MemoryDatabase, fate: Fate, now: () => number): EventStore => {
  const byId = (id: string | undefined): Commit | undefined => {
    const found = id === undefined ? undefined : database.commits.get(id);
    return found && copyCommit(found);
  };
  return {
    read: (stream, after) => under(fate, `store.read ${stream}`, () => readStream(database, stream, after)),
    append: async (...commits) => {
      let done = 0;
      for (const commit of commits) {
        if (!(await under(fate, `store.append ${positionKey(commit.stream, commit.version)}`, () => append(database, commit)))) break;
        done++;
      }
      return done;
    },
    findCause: (cause) => under(fate, `store.findCause ${cause}`, () => byId(database.causes.get(cause))),
    findClaim: (claim) => under(fate, `store.findClaim ${claim}`, () => byId(database.claims.get(claim))),
    caused: (id, limit) => under(fate, `store.caused ${id}`, () => caused(database, id, limit)),
    scan: (after, limit) =>
      under(fate, "store.scan", () => {
        const from = after === undefined ? "" : commitId(after);
        const ids = [...database.commits.keys()].filter((id) => id > from).sort(compare);
        return ids.slice(0, limit).flatMap((id) => byId(id) ?? []);
      }),
    releaseClaim: (commit, claim) => under(fate, `store.releaseClaim ${claim}`, () => releaseClaim(database, commit, claim)),
    addClaim: (commit, claim) => under(fate, `store.addClaim ${claim}`, () => addClaim(database, commit, claim)),
    ...dueMarks(database, fate),
    watermarks: () => under(fate, "store.watermarks", () => [...database.watermarks.values()]),
    saveWatermarks: (all) =>
      under(fate, `store.saveWatermarks ${all.map(nameOf).join(" ")}`, () => {
        for (const watermark of all) {
          const saved = database.watermarks.get(nameOf(watermark));
          if (saved?.topicId !== watermark.topicId || saved.offset < watermark.offset)
            database.watermarks.set(nameOf(watermark), { ...watermark });
        }
      }),
    lease: (name, holder, milliseconds) =>
      under(fate, `store.lease ${name}`, () => {
        const held = database.leases.get(name);
        // A lease that ends later than any new lease would was taken with a wrong clock, and counts as free.
        const runs = held && held.until > now() && held.until <= now() + milliseconds;
        if (runs && held.holder !== holder) return false;
        const since = held?.holder === holder && held.until > now() ? held.since : now();
        database.leases.set(name, { holder, since, until: now() + milliseconds });
        return true;
      }),
    release: (name, holder) =>
      under(fate, `store.release ${name}`, () => {
        if (database.leases.get(name)?.holder === holder) database.leases.delete(name);
      }),
    leases: (limit) =>
      under(fate, "store.leases", () =>
        [...database.leases]
          .filter(([, { until }]) => until > now())
          .map(([name, lease]) => ({ name, ...lease }))
          .sort((one, other) => (one.name < other.name ? -1 : 1))
          .slice(0, limit),
      ),
  };
};

/** Inserts a commit. Returns false if its id, its cause or one of its claims is taken. */
const append = (database: MemoryDatabase, given: Commit): boolean => {
  const id = commitId(given);
  const { cause } = given;
  if (database.commits.has(id) || (cause !== null && database.causes.has(cause))) return false;
  if (given.claims.some((claim) => database.claims.has(claim))) return false;
  const commit = copyCommit(given);
  database.commits.set(id, commit);
  if (cause !== null) database.causes.set(cause, id);
  for (const claim of commit.claims) database.claims.set(claim, id);
  if (commit.events.length === 0) return true;
  const ids = database.streams.get(commit.stream) ?? [];
  database.streams.set(commit.stream, ids);
  insert(ids, id);
  setMarks(database, undefined, commit);
  return true;
};

const readStream = (database: MemoryDatabase, stream: string, after: number): readonly Commit[] => {
  const found: Commit[] = [];
  const ids = database.streams.get(stream) ?? [];
  for (let index = ids.length - 1; index >= 0; index--) {
    const commit = database.commits.get(ids[index] ?? "");
    if (commit === undefined || commit.version + commit.events.length - 1 <= after) break;
    found.push(copyCommit(commit));
  }
  return found.reverse();
};

const caused = (database: MemoryDatabase, id: string, limit: number): readonly Commit[] =>
  [...database.commits]
    .filter(([, { metadata }]) => metadata.correlationId === id || metadata.actionId === id)
    .sort(([one, { metadata: a }], [other, { metadata: b }]) => compare(a.time, b.time) || compare(one, other))
    .slice(0, limit)
    .map(([, commit]) => copyCommit(commit));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const releaseClaim = (database: MemoryDatabase, commit: Commit, claim: string): void => {
  const id = commitId(commit);
  const stored = database.commits.get(id);
  if (stored === undefined || database.claims.get(claim) !== id) return;
  database.claims.delete(claim);
  database.commits.set(id, { ...stored, claims: stored.claims.filter((each) => each !== claim) });
};

const addClaim = (database: MemoryDatabase, commit: Commit, claim: string): boolean => {
  const id = commitId(commit);
  const stored = database.commits.get(id);
  const holder = database.claims.get(claim);
  if (stored === undefined || holder === id) return stored !== undefined;
  if (holder !== undefined) return false;
  database.claims.set(claim, id);
  database.commits.set(id, { ...stored, claims: [...stored.claims, claim] });
  return true;
};
