import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkImports } from "../../../infra/lint/imports.ts";
import { root } from "../../root.ts";
import { allowed, type Files, planted } from "./planted.ts";

const check = (files: Files) => checkImports(new Map(Object.entries(files)), []);
const titleOf = (files: Files): string => {
  const [path, source = ""] = Object.entries(files)[0] ?? [];
  return `${path}: ${source.trim().split("\n")[0]}`;
};

for (const [rule, files] of planted)
  test(`the check of imports refuses in ${titleOf(files)}`, () => {
    const found = check(files);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", rule);
  });

for (const files of allowed)
  test(`the check of imports allows in ${titleOf(files)}`, () => {
    assert.deepEqual(check(files), []);
  });

test("an exception lets its violation pass, and is refused once the violation is gone", () => {
  const exception = { rule: "layers", from: "events/x.ts", to: "schemas/a.ts", why: "" } as const;
  assert.deepEqual(checkImports(new Map([["events/x.ts", 'import { a } from "../schemas/a.ts";']]), [exception]), []);
  const [line = "", ...others] = checkImports(new Map([["events/x.ts", ""]]), [exception]);
  assert.match(line, /events\/x\.ts no longer breaks .* remove the exception/);
  assert.deepEqual(others, []);
});

test("an exception opens a circle, and a second one for the same circle is refused", () => {
  const circle = new Map([
    ["services/app/a.ts", 'import type { B } from "./b.ts";'],
    ["services/app/b.ts", 'import { a } from "./a.ts";'],
  ]);
  const exception = (from: string, to: string) => ({ rule: "circles", from, to, why: "" }) as const;
  const first = exception("services/app/a.ts", "services/app/b.ts");
  const second = exception("services/app/b.ts", "services/app/a.ts");
  assert.deepEqual(checkImports(circle, [first]), []);
  assert.equal(checkImports(circle, [first, second]).length, 2);
});

test("the program prints a violation with its line, and fails", () => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-imports-"));
  for (const folder of ["schemas", "events", "services", "infra", "tests"]) mkdirSync(join(directory, folder));
  writeFileSync(join(directory, "events/x.ts"), '\nimport { a } from "../tests/a.ts";\n');
  const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/infra/lint/main.js")], { cwd: directory, encoding: "utf8" });
  rmSync(directory, { recursive: true });
  assert.equal(status, 1);
  assert.match(stderr, /^events\/x\.ts:2: events may not import tests\/a\.ts/m);
});
