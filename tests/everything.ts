import type { World } from "./world/world.ts";

/** Every text and all bytes in a value, however deep it is, as one text. */
export const everythingIn = (value: unknown, seen = new Set<unknown>()): string => {
  if (typeof value === "string") return `${value}\n`;
  if (typeof value !== "object" || value === null || seen.has(value)) return "";
  seen.add(value);
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString("latin1")}\n`;
  const parts = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.entries(value).flat();
  return parts.map((part) => everythingIn(part, seen)).join("");
};
/** The texts that something holds, and where. */
export const leaksIn = (held: { readonly [where: string]: string }, texts: readonly string[]): readonly string[] =>
  Object.entries(held).flatMap(([where, text]) => texts.filter((each) => text.includes(each)).map((each) => `${each} in ${where}`));

/** What a world holds anywhere, and what it has answered. */
export const heldBy = (world: World, answers: unknown) => ({
  topics: everythingIn(world.broker.contents()),
  databases: everythingIn([...world.databases.values()].map(({ blobs: _, ...database }) => database)),
  answers: everythingIn(answers),
  logs: everythingIn([world.lines, world.printed]),
});
