import { commitId, positionKey } from "../keys.ts";
import type { Commit, EventStore } from "../ports.ts";
import { copyCommit } from "./copy.ts";
import type { MemoryDatabase } from "./database.ts";
import { type Fate, under } from "./fate.ts";
import { indexOf, insert, remove } from "./sorted.ts";

type Due = Pick<EventStore, "due" | "dueBelow" | "dueTimers" | "postpone" | "clear">;

/** The due marks. Each has an ascending list of the commits that carry it. */
export const dueMarks = (database: MemoryDatabase, fate: Fate): Due => {
  const commitsOf = (ids: readonly string[]): readonly Commit[] =>
    ids.flatMap((id) => {
      const commit = database.commits.get(id);
      return commit === undefined ? [] : [copyCommit(commit)];
    });
  return {
    due: (mark, after, limit) =>
      under(fate, `store.due ${mark}`, () => {
        const keys = database.due[mark];
        const start = after === undefined ? 0 : indexOf(keys, positionKey(after.stream, after.version + 1));
        return commitsOf(keys.slice(start, start + limit));
      }),
    dueBelow: (mark, stream, version, limit) =>
      under(fate, `store.dueBelow ${mark} ${stream}@${version}`, () => {
        const keys = database.due[mark];
        const start = indexOf(keys, positionKey(stream, 0));
        return commitsOf(keys.slice(start, Math.min(start + limit, indexOf(keys, positionKey(stream, version)))));
      }),
    dueTimers: (until, limit) =>
      under(fate, `store.dueTimers ${until}`, () => {
        const ids = new Set<string>();
        for (const key of database.due.timers) {
          if (ids.size >= limit || timeOf(key) > until) break;
          ids.add(key.slice(key.indexOf("|") + 1));
        }
        return commitsOf([...ids]);
      }),
    postpone: (commit, version, at) =>
      under(fate, `store.postpone ${commit.stream}@${version} ${at}`, () => {
        const before = database.commits.get(commitId(commit));
        if (before === undefined) return;
        const timers = before.timers.map((timer) => (timer.version === version ? { version, at } : timer));
        database.commits.set(commitId(commit), { ...before, timers });
        setMarks(database, before, { ...before, timers });
      }),
    clear: (mark, done) =>
      under(fate, `store.clear ${mark} ${done.map(({ commit, version }) => `${commit.stream}@${version}`).join(" ")}`, () => {
        for (const { commit, version } of done) {
          const before = database.commits.get(commitId(commit));
          if (before === undefined) continue;
          const after = without(before, mark, version);
          database.commits.set(commitId(commit), after);
          setMarks(database, before, after);
        }
      }),
  };
};

const without = (commit: Commit, mark: Parameters<EventStore["clear"]>[0], version: number): Commit => {
  switch (mark) {
    case "publish":
      return { ...commit, publish: false };
    case "effects":
      return { ...commit, effects: commit.effects.filter((each) => each !== version) };
    case "timers":
      return { ...commit, timers: commit.timers.filter((each) => each.version !== version) };
  }
};

/** Updates the lists of due commits after a commit is inserted or changed. */
export const setMarks = (database: MemoryDatabase, before: Commit | undefined, after: Commit): void => {
  const id = commitId(after);
  const { publish, effects, timers } = database.due;
  set(publish, id, before?.publish ?? false, after.publish);
  set(effects, id, (before?.effects.length ?? 0) > 0, after.effects.length > 0);
  for (const timer of before?.timers ?? []) remove(timers, timerKey(timer.at, id));
  for (const timer of after.timers) insert(timers, timerKey(timer.at, id));
};

const set = (keys: string[], key: string, was: boolean, is: boolean): void => {
  if (is && !was) insert(keys, key);
  if (was && !is) remove(keys, key);
};

const timerKey = (at: number, id: string): string => `${String(at).padStart(16, "0")}|${id}`;
const timeOf = (key: string): number => Number(key.slice(0, key.indexOf("|")));
