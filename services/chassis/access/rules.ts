import { type Caller, owns } from "./access.ts";

/** By which rule a caller may use a document of a read model that a command needs. */
export type Rule = {
  readonly name: string;
  readonly allows: (caller: Caller, document: { readonly [field: string]: unknown }) => boolean;
};

/** The caller's data level for this operation reaches the row. */
export const own: Rule = { name: "own", allows: owns };
/** The document exists. What may be done with it, the row or the decider says. */
export const exists: Rule = { name: "exists", allows: () => true };
