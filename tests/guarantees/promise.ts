/** Evidence for a promise: a test, a rule that the simulation checks on every history, or a row of the fault runs. */
export type Proof =
  | { readonly kind: "test"; readonly file: string; readonly name: string }
  | { readonly kind: "simulation"; readonly rule: string }
  | { readonly kind: "fault"; readonly row: string };

export type Promised = {
  readonly id: string;
  /** In one sentence. */
  readonly promise: string;
  /** The mechanism that keeps the promise. */
  readonly how: string;
  readonly keptBy: readonly string[];
  readonly proofs: readonly Proof[];
  /** Why the promise is not proved yet; existing proofs cover a part of it. */
  readonly missing?: string;
};
export type Section = { readonly title: string; readonly promises: readonly Promised[] };

/** Tests of a file, by name; a name that ends in … matches all titles with this beginning. Tests of `tests/contract` run on every adapter. */
export const tests = (file: string, ...names: readonly string[]): readonly Proof[] =>
  names.map((name) => ({ kind: "test", file: `tests/${file}`, name }));
export const rules = (...names: readonly string[]): readonly Proof[] => names.map((rule) => ({ kind: "simulation", rule }));
export const faults = (...ids: readonly string[]): readonly Proof[] => ids.map((row) => ({ kind: "fault", row }));
