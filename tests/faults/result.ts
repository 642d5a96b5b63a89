import { type Column, tally } from "./findings.ts";
import type { Row, RowOutcome } from "./row.ts";
import { told } from "./run.ts";

/** What came of a row, as it is kept in `docs/faults.json`. */
export type Result = Pick<Row, "id" | "fault" | "figures" | "full"> & {
  readonly verdict: "pass" | "FAIL" | "not run";
  /** Why it was not run, or what went wrong first. */
  readonly why?: string;
  readonly outcome?: {
    readonly commands: number;
    readonly faults: number;
    /** How often each promise was broken. */
    readonly broken: { readonly [column in Column]: number };
    /** Seconds from the last fault until everything was as it must be; null if it never was. */
    readonly converged: number | null;
    readonly note?: string;
  };
};
/** The rows of a run; `together` is true if one run did them all. */
export type FaultRun = { readonly seed: number; readonly factor: number; readonly together: boolean; readonly rows: readonly Result[] };

/** A row that was run, or could not be: its outcome, or why it did not come to its end. */
export const resultOf = ({ id, fault, figures, full, missing }: Row, came: RowOutcome | Error | undefined): Result => {
  const row = { id, fault, figures, full };
  if (came === undefined) return { ...row, verdict: "not run", ...(missing !== undefined && { why: missing }) };
  if (came instanceof Error) return { ...row, verdict: "FAIL", why: came.message };
  const { commands, kills, findings, converged = null, note } = came;
  const outcome = { commands, faults: kills, broken: tally(findings), converged, ...(note !== undefined && { note }) };
  if (findings.length === 0 && converged !== null) return { ...row, verdict: "pass", outcome };
  return { ...row, verdict: "FAIL", why: told(findings) || "it did not converge", outcome };
};

/**
 * A recorded run with the results of some of its rows replaced. Results of another factor or seed are not kept: a page shows one of each.
 * A row that neither has is not run.
 */
export const updated = (recorded: FaultRun, run: FaultRun, rows: readonly Row[]): FaultRun => {
  const isSame = recorded.factor === run.factor && recorded.seed === run.seed;
  const known = new Map([...(isSame ? recorded.rows : []), ...run.rows].map((result) => [result.id, result]));
  return { ...run, together: false, rows: rows.map((row) => known.get(row.id) ?? resultOf(row, undefined)) };
};
