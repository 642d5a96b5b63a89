import type { Fixture } from "./fixture.ts";
import { type Power, watchPower } from "./machine.ts";
import type { Conditions, RowResult, Standing } from "./result.ts";
import type { Contestant, Measurement, Row } from "./row.ts";

type Growing = Omit<Standing, "runs" | "errors"> & { readonly runs: (Measurement | undefined)[]; readonly errors: string[] };

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const runOne = async (contestant: Contestant, fixture: Fixture, round: number): Promise<Measurement> => {
  const measured = await contestant.run({ fixture, round });
  if (contestant.expected !== undefined && measured.check !== contestant.expected)
    throw new Error(`rejected: it left ${measured.check}, and ${contestant.expected} is right`);
  return measured;
};

/** A round in which the machine was this even counts at once. */
export const EVEN = 0.8;

/**
 * Runs a row: its contestants one after the other, round by round (A B C A B C ...), so that all see the same drift of the machine. Where
 * it drifted within a round, one more is run, up to half as many again, and the most even ones count.
 */
export const runRow = async (row: Row, fixture: Fixture, rounds: number, watch = watchPower): Promise<RowResult> => {
  const { report } = fixture;
  report(`${row.id}: prepares`);
  const { contestants: all, close } = await row.prepare(fixture);
  const contestants = all.filter(({ role }) => !fixture.roles || fixture.roles.includes(role));
  const standings: Growing[] = [];
  const powers: Power[][] = [];
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
    const most = rounds + Math.floor(rounds / 2);
    for (let round = 1; round <= most && powers.filter((power) => evenness(power) >= EVEN).length < rounds; round++) {
      const found: Power[] = [];
      powers.push(found);
      for (const [index, contestant] of contestants.entries()) {
        const standing = standings[index];
        if (!standing || standing.missing !== undefined) continue;
        report(`${row.id}: round ${round}${round > rounds ? " instead of an uneven one" : ` of ${rounds}`}, ${contestant.name}`);
        const watched = watch();
        try {
          const run = await runOne(contestant, fixture, round);
          standing.runs.push(run);
          report(
            `${row.id}: ${contestant.name}: ${row.figures.map((figure) => `${figure.of(run).toPrecision(4)} ${figure.unit}`).join(", ")}`,
          );
        } catch (error) {
          standing.runs.push(undefined);
          standing.errors.push(message(error));
          report(`${row.id}: ${contestant.name} failed: ${message(error)}`);
        }
        found.push(watched());
      }
      if (evenness(found) < EVEN) report(`${row.id}: in this round the machine was uneven (${evenness(found).toFixed(2)})`);
    }
  } finally {
    await close?.();
  }
  const kept = mostEven(powers, rounds);
  const counted = standings.map((standing): Standing => ({ ...standing, runs: standing.runs.filter((_, round) => kept.includes(round)) }));
  const conditions: Conditions = {
    run: powers.length,
    evenness: kept.map((round) => evenness(powers[round] ?? [])),
    stolen: Math.max(0, ...kept.flatMap((round) => powers[round] ?? []).map(({ stolen }) => stolen)),
  };
  return { id: row.id, title: row.title, about: row.about, figures: row.figures, standings: counted, conditions };
};

const evenness = (found: readonly Power[]): number => {
  const powers = found.map(({ power }) => power);
  return powers.length === 0 ? 1 : Math.min(...powers) / Math.max(...powers);
};

/** Which rounds count, in their order. */
const mostEven = (powers: readonly (readonly Power[])[], rounds: number): readonly number[] =>
  [...powers.keys()]
    .sort((a, b) => evenness(powers[b] ?? []) - evenness(powers[a] ?? []))
    .slice(0, rounds)
    .sort((a, b) => a - b);
