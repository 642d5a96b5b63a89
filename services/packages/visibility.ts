/** Who sees a version in the store: everybody, or those whose data level covers it. */
export type Visibility = "public" | "private";

/** The visibility after an event that brings a package. Older events do not say it: uploads keep what was, indexed packages are private. */
export const visibilityAfter = (
  before: Visibility,
  { visibility, packageOwner }: { readonly visibility: string; readonly packageOwner: string },
): Visibility => {
  if (visibility === "" && packageOwner === "app") return before;
  return visibility === "public" ? "public" : "private";
};
