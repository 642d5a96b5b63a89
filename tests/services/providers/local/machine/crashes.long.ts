import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../../../../eventually.ts";
import { stories } from "./crashing.ts";
import { playground } from "./support.ts";

const crashing = fileURLToPath(new URL("./crashing.js", import.meta.url));

/** Whether the story was cut off. */
const play = async (story: string, directory: string, crashAfter: number): Promise<boolean> => {
  const child = spawn(process.execPath, [crashing, story, directory, `${crashAfter}`], { stdio: ["ignore", "inherit", "inherit"] });
  const [code, signal] = await once(child, "exit");
  assert.ok(signal === "SIGKILL" || code === 0, `the story ended with ${signal ?? code}`);
  return signal === "SIGKILL";
};

/** One round for each change of the story, until one comes to its end; answers how many did not. */
const crashEverywhere = async (t: TestContext, round: (t: TestContext, crashAfter: number) => Promise<boolean>): Promise<number> => {
  const together = 4;
  for (let before = 0; ; before += together) {
    const crashed: boolean[] = [];
    const rounds = Array.from({ length: together }, (_, index) =>
      t.test(`after change ${before + index + 1}`, async (t) => {
        crashed[index] = await round(t, before + index + 1);
      }),
    );
    await Promise.all(rounds);
    if (crashed.length < together || crashed.includes(false)) return before + crashed.filter(Boolean).length;
  }
};

test("wherever a deployment crashes, its repetition leads to one process that knows its metadata", { concurrency: true }, async (t) => {
  const crashes = await crashEverywhere(t, async (t, crashAfter) => {
    const { directory, machine, notes, running } = playground(t);
    const crashed = await play("deploy", directory, crashAfter);
    const next = machine();
    await next.adopt();
    await stories.deploy?.(next);
    await eventually("it knows", () => notes("cln-1").at(-1) === '{"peers":["cln-2"]}');
    const [state] = await next.list();
    assert.ok(state?.process.status === "running");
    assert.deepEqual(running(), [state.process.pid]);
    assert.deepEqual(state.commands, ["init"]);
    await next.removeNode("cln-1");
    assert.deepEqual(running(), []);
    return crashed;
  });
  assert.ok(crashes > 15, `${crashes} crashes`);
});

test("wherever a removal crashes, its repetition leaves nothing", { concurrency: true }, async (t) => {
  const crashes = await crashEverywhere(t, async (t, crashAfter) => {
    const { directory, machine, running } = playground(t);
    const first = machine();
    await stories.deploy?.(first);
    await first.close();
    const crashed = await play("remove", directory, crashAfter);
    const next = machine();
    await next.adopt();
    await stories.remove?.(next);
    assert.deepEqual([running(), await next.list()], [[], []]);
    for (const folder of ["nodes", "addresses", "trash"]) assert.deepEqual(readdirSync(join(directory, folder)), [], folder);
    return crashed;
  });
  assert.ok(crashes > 5, `${crashes} crashes`);
});
