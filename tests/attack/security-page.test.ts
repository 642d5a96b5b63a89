import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isNamed, titlesIn } from "../guarantees/titles.ts";
import { root } from "../root.ts";
import { attacks } from "./rows.ts";

const page = readFileSync(join(root, "docs/security.md"), "utf8");
const promised = page.slice(page.indexOf("## What is promised"), page.indexOf("## What is not isolated"));
const rows = promised.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| against"));

test("every promise about security names a test that exists, or an attack that is carried out", () => {
  const names = attacks(1).map(({ name }) => name);
  const wrong: string[] = [];
  for (const row of rows) {
    const proof = row.split(" | ").at(-1) ?? "";
    const cited = [...proof.matchAll(/`(tests\/[^`]+)`(?:: "([^"]+)")?/g)];
    const tried = [...(proof.split("attacks ")[1] ?? "").matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
    if (cited.length + tried.length === 0) wrong.push(`no proof: ${row}`);
    for (const [, file = "", title] of cited) {
      const source = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;
      if (source === undefined) wrong.push(`no file ${file}`);
      else if (title === undefined) wrong.push(`no title: ${file}`);
      else if (!titlesIn(source).some((each) => isNamed(each, title))) wrong.push(`no test in ${file}: ${title}`);
    }
    for (const name of tried) if (!names.includes(name)) wrong.push(`no attack: ${name}`);
  }
  assert.deepEqual(wrong, []);
  assert.ok(rows.length >= 15, `${rows.length} promises`);
});

test("every requirement of chapters 2 to 4 is judged once, with its level", () => {
  const judged = [
    ...page.matchAll(
      /^\| (\d\.\d+\.\d+)(?: to (\d\.\d+\.\d+)|, (\d\.\d+\.\d+))? \| ([123]) \| (met(?: at level 1)?|not met|n\/a) \| [^|]+ \|$/gm,
    ),
  ];
  const ids = judged.flatMap(([, first = "", last, other]) => {
    const [chapter = "", section = "", from = ""] = first.split(".");
    const to = Number((last ?? first).split(".")[2]);
    return [
      ...Array.from({ length: to - Number(from) + 1 }, (_, at) => `${chapter}.${section}.${Number(from) + at}`),
      ...(other ? [other] : []),
    ];
  });
  /** How many requirements each section of ASVS 4.0.3 has. */
  const sections: { readonly [section: string]: number } = {
    ...{ "2.1": 12, "2.2": 7, "2.3": 3, "2.4": 5, "2.5": 7, "2.6": 3, "2.7": 6, "2.8": 7, "2.9": 3, "2.10": 4 },
    ...{ "3.1": 1, "3.2": 4, "3.3": 4, "3.4": 5, "3.5": 3, "3.6": 2, "3.7": 1, "4.1": 5, "4.2": 2, "4.3": 3 },
  };
  // 4.1.4 is a duplicate, and was deleted.
  const all = Object.entries(sections).flatMap(([section, count]) => Array.from({ length: count }, (_, at) => `${section}.${at + 1}`));
  const expected = all.filter((id) => id !== "4.1.4");
  assert.deepEqual(ids.toSorted(), expected.toSorted());
});
