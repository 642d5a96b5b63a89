import type { Bar, Contestant, Figure, Measurement, Row } from "./row.ts";
import { type Summary, summaryOf } from "./statistics.ts";

/** All that is known of a contestant after the last round. */
export type Standing = Pick<Contestant, "name" | "role" | "note"> & {
  /** By round; undefined where it did not run. */
  readonly runs: readonly (Measurement | undefined)[];
  /** Why it did not run, or what was wrong. */
  readonly missing?: string;
  readonly errors: readonly string[];
};

export type RowResult = Pick<Row, "id" | "title" | "about"> & {
  readonly figures: readonly Figure[];
  readonly standings: readonly Standing[];
  readonly conditions: Conditions;
};

/** How alike the runs of a round found the machine. Whether a round counts depends on this, never on its figures. */
export type Conditions = {
  /** How many rounds were run; those that found the machine most even count. */
  readonly run: number;
  /** By round that counts: the least power that a contestant had, divided by the most. */
  readonly evenness: readonly number[];
  /** The largest share of its time that any of these runs lost to other machines of the same host. */
  readonly stolen: number;
};

export const runsOf = ({ runs }: Standing): readonly Measurement[] => runs.filter((run) => run !== undefined);
export const figureOf = (standing: Standing, figure: Figure): Summary => summaryOf(runsOf(standing).map(figure.of));

const pitrixOf = ({ standings }: RowResult): Standing | undefined => standings.find(({ role }) => role === "pitrix");

/** The platform divided by another contestant, round by round: the machine drifts, and within a round that counts not far. */
export const ratioTo = (result: RowResult, figure: Figure, other: Standing): Summary | undefined => {
  const pitrix = pitrixOf(result);
  const ratios = other.runs.flatMap((run, round) => {
    const own = pitrix?.runs[round];
    return run && own ? [figure.of(own) / figure.of(run)] : [];
  });
  return ratios.length === 0 ? undefined : summaryOf(ratios);
};

export type Verdict = { readonly bar: Bar; readonly value: number | undefined; readonly reached: boolean | undefined };

/** Whether a bar was reached; undefined where there is nothing to compare with. */
export const verdictOf = (result: RowResult, figure: Figure, bar: Bar): Verdict => {
  const own = pitrixOf(result);
  const other = result.standings.find(({ name }) => name === bar.of);
  const summary = bar.of === undefined ? own && runsOf(own).length > 0 && figureOf(own, figure) : other && ratioTo(result, figure, other);
  const value = summary ? summary.median : undefined;
  const reached = value === undefined ? undefined : value >= (bar.least ?? -Infinity) && value <= (bar.most ?? Infinity);
  return { bar, value, reached };
};
