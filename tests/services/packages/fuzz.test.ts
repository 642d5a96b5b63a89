import assert from "node:assert/strict";
import { test } from "node:test";
import { commandWords } from "../../../services/packages/command.ts";
import { describeCluster } from "../../../services/packages/devkit.ts";
import { lookUp, readUserConfiguration } from "../../../services/packages/devkit-configuration.ts";
import { isObject, type Json } from "../../../services/packages/json.ts";
import { type PackageType, readAny, readIndex } from "../../../services/packages/packages.ts";
import { readYaml } from "../../../services/packages/yaml.ts";
import { archiveOf, chartFiles, devkitFiles } from "./package-fixtures.ts";

/** Numbers from 0 to 1 that a seed determines. */
const numbersFrom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  const mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
  return (((mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const oneOf = <T>(list: readonly T[], next: () => number): T => list[Math.floor(next() * list.length)] as T; // The lists are not empty.

/** Pieces of which formats are made, and those at which readers have gone back. */
const pieces = [
  ...['"', '\\"', "\\", "'", "{", "}", "[", "]", "{{", "}}", "{{a}}", "{{ ", ",", ":", ": ", " ", "\n", "\t", "- ", "? ", "a", "1", "\0"],
  ...["&a ", "*a", "<<: *a", "|\n", ">\n", "---\n", "!!str ", "#", "%", "@", "\u0085", "\ufeff", "\ud800", "true", "null", "é"],
];

/** What a reader does with a text: a value, or a PackageError. */
const readers: { readonly [name: string]: (text: string) => unknown } = {
  yaml: (text) => readYaml(text, "it"),
  command: commandWords,
  index: readIndex,
  userConfiguration: readUserConfiguration,
  template: (template) => describeCluster({ configJson: "{}", template }, {}),
  configuration: (configJson) => describeCluster({ configJson, template: "{}" }, {}),
  embedded: (text) =>
    describeCluster({ configJson: "{}", template: JSON.stringify({ name: text, nodes: [{ services: { a: { cmd: text } } }] }) }, {}),
};
const read = (name: string, text: string): void => {
  try {
    readers[name]?.(text);
  } catch (error) {
    assert.ok(error instanceof Error && error.name === "PackageError", `${name} of ${JSON.stringify(text.slice(0, 200))}: ${error}`);
  }
};

/** Milliseconds that a reader takes. */
const timeOf = (name: string, text: string): number => {
  const began = performance.now();
  read(name, text);
  return performance.now() - began;
};

test("no text that repeats a few pieces takes a reader more than time in proportion to its length", () => {
  for (const name of Object.keys(readers)) {
    for (const piece of pieces)
      for (const head of ["", '"', "a: "]) {
        const text = head + piece.repeat(100_000 / piece.length);
        const first = timeOf(name, text);
        const took = first < 700 ? first : Math.min(first, timeOf(name, text)); // The machine may have been busy.
        assert.ok(took < 700, `${name}: ${JSON.stringify(head)} and many ${JSON.stringify(piece)} took ${took} ms`);
      }
  }
});

test("any text gives a value or a clear error", () => {
  const next = numbersFrom(4_711);
  for (let round = 0; round < 2_000; round++) {
    const text = Array.from({ length: 1 + next() * 30 }, () => oneOf(pieces, next)).join("");
    for (const name of Object.keys(readers)) read(name, text);
  }
});

test("any archive gives a package or a clear error, whichever of its bytes are changed", async () => {
  const next = numbersFrom(17);
  const archives: readonly (readonly [PackageType, Uint8Array])[] = [
    ["helm", await archiveOf(chartFiles)],
    ["vmbased", await archiveOf(devkitFiles)],
  ];
  for (let round = 0; round < 400; round++)
    for (const [type, archive] of archives) {
      const bytes = archive.slice(0, next() < 0.3 ? next() * archive.byteLength : undefined);
      for (let changes = next() * 4; changes > 0; changes--) bytes[Math.floor(next() * bytes.byteLength)] = next() * 256;
      await readAny(bytes, type).catch((error: unknown) =>
        assert.ok(error instanceof Error && error.name === "PackageError", String(error)),
      );
    }
});

/** The definition: the longest key that leads to a value wins. It looks again and again at what it has seen. */
const slowly = (tree: Json | undefined, path: string): Json | undefined => {
  if (!isObject(tree)) return undefined;
  const own = Object.hasOwn(tree, path) ? tree[path] : undefined;
  if (own !== undefined && own !== null) return own;
  for (let cut = path.lastIndexOf("."); cut > 0; cut = path.lastIndexOf(".", cut - 1)) {
    const key = path.slice(0, cut);
    const found = Object.hasOwn(tree, key) ? slowly(tree[key], path.slice(cut + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
};

test("a setting is found where the definition says, in any mixture of trees and dotted keys", () => {
  const next = numbersFrom(42);
  const keys = ["a", "b", "a.b", "b.a", "a.a", "a.b.a", ""];
  const grown = (depth: number): Json =>
    depth === 0 || next() < 0.3
      ? oneOf<Json>([null, 1, "x", []], next)
      : Object.fromEntries(Array.from({ length: next() * 4 }, () => [oneOf(keys, next), grown(depth - 1)]));
  for (let round = 0; round < 2_000; round++) {
    const tree = grown(4);
    for (const path of ["a", "a.b", "a.b.a", "b.a.b", "a.a.b.a", "a.", ".a", "a..b"])
      assert.deepEqual(lookUp(tree, path), slowly(tree, path), `${path} in ${JSON.stringify(tree)}`);
  }
});
