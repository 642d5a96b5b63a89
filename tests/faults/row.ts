import type { Outcome } from "./run.ts";

/** A row of the table of faults: what is done, how often in full, and how. */
export type Row = {
  readonly id: string;
  readonly fault: string;
  /** What the table asks for, as people read it. */
  readonly figures: string;
  /** The same as numbers; a run does its factor of them, and what a row leaves out has no number to reach. */
  readonly full: { readonly commands?: number; readonly faults?: number };
  readonly run: ((options: RunOptions) => Promise<RowOutcome>) | undefined;
  /** Why there is nothing to run. */
  readonly missing?: string;
};
export type RunOptions = {
  readonly directory: string;
  readonly commands: number;
  readonly factor: number;
  readonly seed: number;
  readonly report: (text: string) => void;
};
export type RowOutcome = Pick<Outcome, "commands" | "kills" | "findings" | "converged"> & { readonly note?: string };

/** So many, scaled, and at least so many. */
export const scaled = (full: number, factor: number, least: number): number => Math.max(least, Math.round(full * factor));
