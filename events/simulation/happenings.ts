import type { Clock, Commit, OutgoingRecord } from "../ports.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Journal } from "./journal.ts";
import type { Bug, Committed } from "./process.ts";
import { commitLine } from "./watched.ts";

/** Records what happens in a run: steps, commits in their order, published records, and errors of tables. */
export const happenings = (clock: Clock, journal: Journal, repeats: boolean, deadLetters: string) => {
  const commits = new Map<Commit, Committed>();
  const published: OutgoingRecord[] = [];
  const unexpected: Bug[] = [];
  let step = 0;
  let lastChange = clock.now();
  const change = (): void => {
    lastChange = clock.now();
  };
  return {
    step: (): number => step,
    quietFor: (): number => clock.now() - lastChange,
    commits: (): readonly Committed[] => [...commits.values()],
    published: published as readonly OutgoingRecord[],
    unexpected: unexpected as readonly Bug[],
    change,
    appended: (incarnation: Incarnation, commit: Commit): void => {
      step++;
      change();
      commits.set(commit, { step, service: incarnation.service, incarnation, commit, heard: false });
      if (journal.isRecorded) journal.note(incarnation.name, `has committed ${commitLine(commit)}`, [commit.stream]);
    },
    acknowledged: (commit: Commit): void => {
      const known = commits.get(commit);
      if (known) known.heard = true;
    },
    publication: (records: readonly OutgoingRecord[]): void => {
      if (repeats) published.push(...records.filter(({ topic }) => !topic.startsWith(deadLetters)));
      step++;
      change();
    },
    failed: (where: string, error: unknown): void => {
      if (error instanceof Error && error.name === "TableError") unexpected.push({ where, message: error.message });
    },
  };
};
export type Happenings = ReturnType<typeof happenings>;
