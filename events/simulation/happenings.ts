import type { Clock, Commit, OutgoingRecord } from "../ports.ts";
import type { Violation } from "./check/evidence.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Journal } from "./journal.ts";
import type { Bug, Committed, Loss } from "./process.ts";
import { commitLine } from "./watched.ts";

/** Records what happens in a run: steps, commits in their order, published records, and errors of tables. */
export const happenings = (clock: Clock, journal: Journal, repeats: boolean, deadLetters: string) => {
  const commits = new Map<Commit, Committed>();
  const published: OutgoingRecord[] = [];
  const unexpected: Bug[] = [];
  const broken: Violation[] = [];
  let loss: Loss | undefined;
  let step = 0;
  let lastChange = clock.now();
  const change = (): void => {
    lastChange = clock.now();
  };
  let lostAt = 0;
  const isLost = ({ cause }: Commit, at: number): boolean => at < lostAt && cause !== null && (loss?.receipts.has(cause) ?? false);
  return {
    step: (): number => step,
    quietFor: (): number => clock.now() - lastChange,
    /** Without the receipts that were lost with their store. */
    commits: (): readonly Committed[] => [...commits.values()].filter(({ commit, step: at }) => !isLost(commit, at)),
    broken,
    lost: (lost: Loss): void => {
      step++;
      loss = lost;
      lostAt = step;
    },
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
      for (const { key, headers } of records)
        if (loss?.events.has(headers.ce_id ?? ""))
          broken.push({ rule: "what is restored is not published again", about: key, message: `${headers.ce_id} was published again` });
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
