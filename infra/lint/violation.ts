export type Rule = "layers" | "circles" | "purity" | "processes";

/** An import or a line of code that breaks a rule. */
export type Violation = {
  readonly rule: Rule;
  /** The file to change. */
  readonly from: string;
  readonly line: number;
  /** What it imports or uses. */
  readonly to: string;
  readonly text: string;
};

/** A known violation: the check ignores it, and fails once the violation is gone. */
export type Exception = Pick<Violation, "rule" | "from" | "to"> & { readonly why: string };

export const isSame = (one: Pick<Violation, "rule" | "from" | "to">, other: Pick<Violation, "rule" | "from" | "to">): boolean =>
  one.rule === other.rule && one.from === other.from && one.to === other.to;
