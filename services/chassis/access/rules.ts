import { type Caller, owns } from "./access.ts";

/** A rule that decides whether a caller may use a document that a command needs. */
export type Rule = {
  readonly name: string;
  readonly allows: (caller: Caller, document: { readonly [field: string]: unknown }) => boolean;
};

/** The caller's data level for this operation covers the row. */
export const own: Rule = { name: "own", allows: owns };
/** The version is in the store for the caller: active, and public or covered by their data level. */
export const inStore: Rule = {
  name: "inStore",
  allows: (caller, version) => version.status === "active" && (version.visibility === "public" || owns(caller, version)),
};
/** The version is in the store, or the caller's. */
export const usable: Rule = { name: "usable", allows: (caller, version) => inStore.allows(caller, version) || owns(caller, version) };
/** The document exists. The row or the decider must check what the caller may do with it. */
export const exists: Rule = { name: "exists", allows: () => true };
