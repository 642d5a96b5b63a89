/**
 * Whose a row is: the person's who made it, and the group's that they had joined last. This group stays the row's, wherever people and groups
 * move; who is in the group, or above it, is asked at the time of the query.
 */
export type Owned = {
  readonly owner: string;
  /** The path of that group at that time, a colon and the owner's id. It is shown, and never compared. */
  readonly owner_path: string;
  /** The last group of the path; empty: of no group. Several if the row counts as each of theirs. */
  readonly owner_group: string | readonly string[];
};

export const unowned: Owned = { owner: "", owner_path: "", owner_group: "" };

/** The owner that an event names. */
export const ownedBy = ({ owner, ownerPath }: { readonly owner: string; readonly ownerPath: string }): Owned => ({
  owner,
  owner_path: ownerPath,
  owner_group: groupOf(ownerPath),
});

/** The last group of an owner path; empty for none. */
export const groupOf = (ownerPath: string): string => ownerPath.split(":").at(-2) ?? "";

/** A document as callers get it: its group is in its path already. */
export const withoutGroup = <Document extends object>(document: Document): Omit<Document, "owner_group"> => {
  const { owner_group: _, ...shown }: Document & { readonly owner_group?: unknown } = document;
  return shown;
};
