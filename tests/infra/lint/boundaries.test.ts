import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { root } from "../../choreography/root.ts";

// Each rule is planted with a violation, since a rule that does not parse is reported and passes.
const planted: readonly [rule: RegExp, file: string, source: string][] = [
  [/it imports nothing/, "schemas/generated/x.ts", 'export { a } from "../../events/a.ts";'],
  [/knows no service/, "events/log/x.ts", 'import { a } from "../../services/app/a.ts";\nconsole.log(a);'],
  [/knows no service/, "events/x.ts", 'export * from "../services/app/a.ts";'],
  [/knows no service/, "events/x2.ts", 'export const a = await import("../infra/a.ts");'],
  [/how it is tested/, "services/app/x.ts", 'import { a } from "../../tests/spec.ts";\nconsole.log(a);'],
  [/never imports another: react/, "services/app/domain/x.ts", 'import type { A } from "../../repo/domain.ts";\nexport type B = A;'],
  [/never imports another: react/, "services/chassis/http/x.ts", 'export { a } from "../../cluster/a.ts";'],
  [/never imports a provider/, "services/cluster/x.ts", 'import { a } from "../providers/local/a.ts";\nconsole.log(a);'],
  [/A provider never imports another/, "services/providers/aws/x.ts", 'import { a } from "../local/a.ts";\nconsole.log(a);'],
  [/stands alone/, "services/packages/x.ts", 'import { a } from "../../events/a.ts";\nconsole.log(a);'],
  [/is pure/, "services/app/domain.ts", "export const now = () => Date.now();"],
  [/is pure/, "services/app/domain/x.ts", 'import { readFile } from "node:fs";\nconsole.log(readFile);'],
  [/is pure/, "services/app/reactions.ts", "export const chance = () => Math.random();"],
  [/is pure/, "services/app/read-models/x.ts", "export const home = process.env.HOME;"],
  [/is pure/, "services/app/http.ts", 'export const a = () => import("./a.ts");'],
  [/is pure/, "services/app/http/x.ts", 'import { a } from "../../chassis/run.ts";\nconsole.log(a);'],
  [/is pure/, "services/providers/local/plan.ts", 'import { a } from "./machine.ts";\nconsole.log(a);'],
  [/is pure/, "services/chassis/access/permissions.ts", "export const now = () => Date.now();"],
  [/is pure/, "services/chassis/http/rows.ts", 'import { a } from "../../../events/run.ts";\nconsole.log(a);'],
  [/is pure/, "services/app/timers.ts", "export const soon = (f: () => void) => setTimeout(f, 1);"],
  [/is pure/, "services/packages/y.ts", "export const today = new Date();"],
];
const allowed: readonly [file: string, source: string][] = [
  [
    "services/app/domain.ts",
    'import type { A } from "../chassis/run.ts";\nimport { b } from "../packages/b.ts";\nexport const c = (a: A) => b(a);',
  ],
  [
    "services/app/http.ts",
    'import { rows } from "../chassis/http/rows.ts";\nimport { counted } from "../chassis/http/statistics.ts";\nexport const a = [rows, counted];',
  ],
  ["services/app/effects.ts", 'import { readFile } from "node:fs";\nexport const a = [readFile, Date.now()];'],
  ["services/providers/local/service.ts", 'import { a } from "../deployment/domain.ts";\nexport const b = a;'],
  ["services/chassis/http/app.ts", "export const now = () => Date.now();"],
  ["services/main.ts", 'export const a = () => import("./app/service.ts");'],
];

let directory = "";
before(() => {
  directory = mkdtempSync(join(tmpdir(), "pitrix-boundaries-"));
  const plugins = ["boundaries", "pure"].map((name) => join(root, "infra/lint", `${name}.grit`));
  writeFileSync(join(directory, "biome.json"), JSON.stringify({ plugins, linter: { rules: { recommended: false } } }));
});
after(() => rmSync(directory, { recursive: true, force: true }));

const lint = (file: string, source: string): string => {
  const path = join(directory, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${source}\n`);
  const { stdout, stderr } = spawnSync(join(root, "node_modules/.bin/biome"), ["lint", "--error-on-warnings", file], {
    cwd: directory,
    encoding: "utf8",
  });
  rmSync(path);
  return stdout + stderr;
};

for (const [rule, file, source] of planted)
  test(`the linter refuses in ${file}: ${source.split("\n")[0]}`, () => {
    assert.match(lint(file, source), rule);
  });

for (const [file, source] of allowed)
  test(`the linter allows in ${file}: ${source.split("\n")[0]}`, () => {
    assert.doesNotMatch(lint(file, source), /plugin|errored/);
  });
