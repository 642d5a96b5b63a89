import { type Caller, owns } from "./access.ts";

/** A rule that decides whether a caller may use a document that a command needs. */
export type Rule = {
  readonly name: string;
  readonly allows: (caller: Caller, document: { readonly [field: string]: unknown }) => boolean;
};

/** The caller's data level for this operation covers the row. */
export const own: Rule = { name: "own", allows: owns };
/** The document exists. The row or the decider must check what the caller may do with it. */
export const exists: Rule = { name: "exists", allows: () => true };
