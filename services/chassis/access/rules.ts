import { type Caller, owns } from "./access.ts";

/** Decides whether a caller may use a document that a command needs. */
export type Rule = {
  readonly name: string;
  readonly allows: (caller: Caller, document: { readonly [field: string]: unknown }) => boolean;
};

/** The caller's data level for the operation includes the document. */
export const own: Rule = { name: "own", allows: owns };
/** The document exists. Whether the command is permitted is up to the row or the decider. */
export const exists: Rule = { name: "exists", allows: () => true };
