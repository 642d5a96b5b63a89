import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { installOnce } from "../../../infra/embedded/installing.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const silent = () => undefined;
const limit = 10_000;

test("of two installations at once one does the work, and both find it done", async () => {
  const directory = join(temporaryDirectory(), "tool");
  let fills = 0;
  const install = () =>
    installOnce(directory, silent, limit, async (partial) => {
      fills++;
      await turn();
      writeFileSync(join(partial, "program"), "whole");
    });
  await Promise.all([install(), install()]);
  assert.equal(fills, 1);
  assert.equal(readFileSync(join(directory, "program"), "utf8"), "whole");
  assert.deepEqual(readdirSync(dirname(directory)), ["tool"]);
});

test("an installation that fails leaves nothing, and the next one starts afresh", async () => {
  const directory = join(temporaryDirectory(), "tool");
  const fails = async (partial: string) => {
    writeFileSync(join(partial, "half"), "");
    throw new Error("no network");
  };
  await assert.rejects(installOnce(directory, silent, limit, fails), /no network/);
  assert.deepEqual(readdirSync(dirname(directory)), []);
  await installOnce(directory, silent, limit, async (partial) => writeFileSync(join(partial, "program"), ""));
  assert.deepEqual(readdirSync(directory), ["program"]);
});

test("what a killed installation has left, its lock included, is cleared away", async () => {
  const directory = join(temporaryDirectory(), "tool");
  const deadPid = 2 ** 22 + 1;
  mkdirSync(`${directory}.partial-${deadPid}`);
  writeFileSync(`${directory}.lock`, JSON.stringify({ pid: deadPid, started: "1" }));
  await installOnce(directory, silent, limit, async (partial) => writeFileSync(join(partial, "program"), ""));
  assert.ok(existsSync(join(directory, "program")));
  assert.deepEqual(readdirSync(dirname(directory)), ["tool"]);
});
