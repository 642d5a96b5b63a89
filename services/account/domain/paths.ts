/** A group path: the ids of the groups from the root down, each after a colon, `:grp-a:grp-b`; empty outside any group. */
export type GroupPath = string;

export const groupIdsOf = (path: GroupPath): readonly string[] => path.split(":").filter((id) => id !== "");

/** The group that the path leads to; empty for none. */
export const groupIdOf = (path: GroupPath): string => groupIdsOf(path).at(-1) ?? "";
export const rootGroupIdOf = (path: GroupPath): string => groupIdsOf(path)[0] ?? "";
export const pathBelow = (parent: GroupPath, groupId: string): GroupPath => `${parent}:${groupId}`;
