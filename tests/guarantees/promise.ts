/** What shows that a promise is kept: a test, a rule that the simulation holds against every history, or a row of the fault runs. */
export type Proof =
  | { readonly kind: "test"; readonly file: string; readonly name: string }
  | { readonly kind: "simulation"; readonly rule: string }
  | { readonly kind: "fault"; readonly row: string };

export type Promised = {
  readonly id: string;
  /** In one sentence. */
  readonly promise: string;
  /** The mechanism, and where it stands. */
  readonly how: string;
  readonly keptBy: readonly string[];
  readonly proofs: readonly Proof[];
  /** Why it is not proved yet; the proofs that there are show a part of it. */
  readonly missing?: string;
};
export type Section = { readonly title: string; readonly promises: readonly Promised[] };

/** Tests of a file, by name; a name that ends in … stands for all that begin so. One of `tests/contract` is run on every adapter. */
export const tests = (file: string, ...names: readonly string[]): readonly Proof[] =>
  names.map((name) => ({ kind: "test", file: `tests/${file}`, name }));
export const rules = (...names: readonly string[]): readonly Proof[] => names.map((rule) => ({ kind: "simulation", rule }));
export const faults = (...ids: readonly string[]): readonly Proof[] => ids.map((row) => ({ kind: "fault", row }));
