import type { Ground } from "./ground.ts";
import type { RowResult, Standing } from "./result.ts";
import type { Contestant, Measurement, Row } from "./row.ts";

type Growing = Omit<Standing, "runs" | "errors"> & { readonly runs: (Measurement | undefined)[]; readonly errors: string[] };

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const runOne = async (contestant: Contestant, ground: Ground, round: number): Promise<Measurement> => {
  const measured = await contestant.run({ ground, round });
  if (contestant.expected !== undefined && measured.check !== contestant.expected)
    throw new Error(`rejected: it left ${measured.check}, and ${contestant.expected} is right`);
  return measured;
};

/** Runs a row: its contestants one after the other, round by round (A B C A B C ...), so that all see the same drift of the machine. */
export const runRow = async (row: Row, ground: Ground, rounds: number): Promise<RowResult> => {
  const { report } = ground;
  report(`${row.id}: prepares`);
  const { contestants: all, close } = await row.prepare(ground);
  const contestants = all.filter(({ role }) => !ground.roles || ground.roles.includes(role));
  const standings: Growing[] = [];
  try {
    for (const { name, role, note, missing } of contestants) {
      const reason = await missing?.().catch(message);
      if (reason !== undefined) report(`${row.id}: ${name} is left out: ${reason}`);
      standings.push({
        name,
        role,
        runs: [],
        errors: [],
        ...(note !== undefined && { note }),
        ...(reason !== undefined && { missing: reason }),
      });
    }
    for (let round = 1; round <= rounds; round++)
      for (const [index, contestant] of contestants.entries()) {
        const standing = standings[index];
        if (!standing || standing.missing !== undefined) continue;
        report(`${row.id}: round ${round} of ${rounds}, ${contestant.name}`);
        try {
          const run = await runOne(contestant, ground, round);
          standing.runs.push(run);
          report(
            `${row.id}: ${contestant.name}: ${row.figures.map((figure) => `${figure.of(run).toPrecision(4)} ${figure.unit}`).join(", ")}`,
          );
        } catch (error) {
          standing.runs.push(undefined);
          standing.errors.push(message(error));
          report(`${row.id}: ${contestant.name} failed: ${message(error)}`);
        }
      }
  } finally {
    await close?.();
  }
  return { id: row.id, title: row.title, about: row.about, figures: row.figures, standings };
};
