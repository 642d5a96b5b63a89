/** The owner of a document, its creation time and the time of its last status change. */
export type Owned = { readonly owner: string; readonly owner_path: string; readonly create_time: string; readonly status_time: string };
export const unowned: Owned = { owner: "", owner_path: "", create_time: "", status_time: "" };
