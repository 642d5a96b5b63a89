import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DataLevel } from "../../services/chassis/access/permissions.ts";
import { root } from "../root.ts";

/** The least level that reaches a row, or who alone does. */
export type Least = "s" | "g" | "a" | "-" | "admin" | "system" | "review";
export type Field = { readonly name: string; readonly least: ReadonlyMap<string, Least>; readonly refusals: readonly string[] };
/** What docs/access.md says of an operation. */
export type Line = {
  readonly operation: string;
  /** Empty: only the built-in roles by name. */
  readonly bundles: readonly string[];
  readonly isPublic: boolean;
  /** The levels of the built-in roles. */
  readonly roles: ReadonlyMap<string, DataLevel>;
  readonly fields: readonly Field[];
  /** Rows for which the line is known not to hold. */
  readonly holes: readonly string[];
};

const levels: { readonly [letter: string]: DataLevel } = { s: "self", g: "group", a: "all" };
const short: { readonly [name: string]: string } = {
  "=own": "own:s group:g foreign:a",
  "=store": "own:s group:g foreign:a store:s",
};

const lineIn = (text: string): Line => {
  const [said = "", hole = ""] = text.split(/ hole: /);
  const [operation = "", bundles = "", roles = "", ...rest] = said.trim().split(/\s+/);
  return {
    operation,
    bundles: ["none", "public"].includes(bundles) ? [] : bundles.split(","),
    isPublic: bundles === "public",
    roles: new Map(
      ["global_admin", "isv", "developer", "user"].flatMap((role, at) => {
        const level = levels[roles[at] ?? ""];
        return roles.length === 4 && level ? [[role, level] as const] : [];
      }),
    ),
    fields: rest.length < 2 ? [] : rest.join(" ").split(" | ").map(fieldIn),
    holes: hole.split(" ").filter((word) => word !== ""),
  };
};

const fieldIn = (text: string): Field => {
  const words = text.trim().split(" ");
  const [name = "", ...rows] = words.slice(0, -1).flatMap((word) => (short[word] ?? word).split(" "));
  // The words are those that the page explains: another one fails below, as a level that reaches nothing.
  const least = new Map(rows.map((row) => row.split(":") as [string, Least]));
  return { name, least, refusals: (words.at(-1) ?? "").split(",") };
};

const blocks = [...readFileSync(join(root, "docs/access.md"), "utf8").matchAll(/^```\n(.*?)^```/gms)].map(([, block = ""]) => block);
const text = blocks.flatMap((block) => block.split("\n")).filter((line) => line.trim() !== "");

export const lines: readonly Line[] = text.filter((line) => !line.startsWith("hole:")).map(lineIn);
/** Rows for which no line holds. */
export const holesEverywhere: readonly string[] = text.flatMap((line) => (line.startsWith("hole: ") ? line.slice(6).split(" ") : []));
