import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { contract, record } from "./tooling.ts";

const id = { name: "nodeId", type: "string" };

/** A repository of its own with the generators and one committed event. */
function repository(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), "pitrix-contract-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  cpSync(join(contract, "generators"), join(root, "schemas/generators"), { recursive: true });
  cpSync(join(contract, "generate.mjs"), join(root, "schemas/generate.mjs"));
  symlinkSync(join(dirname(contract), "node_modules"), join(root, "node_modules"));
  cpSync(join(contract, "repo/RepoDeleted.avsc"), join(root, "schemas/repo/RepoDeleted.avsc"), { recursive: true });
  const command = (program: string, ...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, words, { cwd: root, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  const git = (...words: string[]) =>
    command("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", ...words);
  return {
    git,
    generate: (...words: string[]) => command(process.execPath, "schemas/generate.mjs", ...words),
    event: (name: string, fields: readonly object[]) =>
      writeFileSync(join(root, `schemas/repo/${name}.avsc`), JSON.stringify(record("repo", name, fields))),
    lock: () => readFileSync(join(root, "schemas/ids.json"), "utf8"),
    commit: () => {
      git("init", "--quiet");
      git("add", "schemas");
      assert.equal(git("commit", "--quiet", "--message", "Release").status, 0);
    },
  };
}

test("the check passes on what was generated, and fails by name on what is stale", (t) => {
  const { event, generate } = repository(t);
  assert.equal(generate().status, 0);
  assert.deepEqual(generate("--check"), { status: 0, stdout: "", stderr: "" });
  event("RepoRenamed", [id]);
  const { status, stderr } = generate("--check");
  assert.equal(status, 1);
  assert.match(stderr, /schemas\/ids\.json is stale.*\n.*schemas\/generated\/events\.ts is stale/);
});

test("what is committed is released: it stays, and what came after can be forgotten", (t) => {
  const { commit, event, generate, lock } = repository(t);
  generate();
  commit();
  const released = lock();
  event("RepoRenamed", [{ name: "size", type: "long" }]);
  assert.equal(generate().status, 0);
  event("RepoRenamed", [id]);
  assert.equal(generate().status, 1);
  assert.equal(generate("--rewrite-unreleased").status, 0);
  assert.match(lock(), /"id": 2,\s+"subject": "pitrix\.repo-pitrix\.repo\.RepoRenamed"/);
  assert.ok(lock().startsWith(released.trimEnd().slice(0, -2)));
});

test("a release that git does not know is refused, and the lock is left alone", (t) => {
  const { commit, generate, lock } = repository(t);
  generate();
  const before = lock();
  assert.notEqual(generate("--rewrite-unreleased").status, 0);
  commit();
  const { status, stderr } = generate("--rewrite-unreleased", "--released", "nowhere");
  assert.notEqual(status, 0);
  assert.match(stderr, /git has no commit nowhere/);
  assert.equal(lock(), before);
});
