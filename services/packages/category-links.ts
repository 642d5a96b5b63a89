/** An application or a repository in a category; a removed link stays as disabled. */
export type CategoryLink = {
  readonly category_id: string;
  readonly status: "enabled" | "disabled";
  readonly create_time: string;
  readonly status_time: string;
};

/** Enables or adds the links to these categories, and disables all others. */
export const linked = (links: readonly CategoryLink[], categoryIds: readonly string[], time: string): readonly CategoryLink[] => {
  const known = new Set(links.map(({ category_id }) => category_id));
  const kept = links.map((link) => {
    const status = categoryIds.includes(link.category_id) ? ("enabled" as const) : ("disabled" as const);
    return link.status === status ? link : { ...link, status, status_time: time };
  });
  const added = categoryIds.filter((id) => !known.has(id));
  return [...kept, ...added.map((id) => ({ category_id: id, status: "enabled" as const, create_time: time, status_time: time }))];
};
