import type { Outcome } from "./battle.ts";

/** A row of the table of faults: what is done, how often in full, and how. */
export type Row = {
  readonly id: string;
  readonly fault: string;
  /** What the table asks for, as people read it. */
  readonly figures: string;
  /** Commands (or events) in full; a run has its factor of them, and at least `least`. */
  readonly full: number;
  readonly least: number;
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
export type RowOutcome = Outcome & {
  readonly note?: string;
  /** Of the full figures, where it is not the share of the commands. */
  readonly share?: number;
};
