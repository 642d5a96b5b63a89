import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually } from "../eventually.ts";
import { upstreamServer } from "../services/api/upstream-server.ts";
import { gatewayWorld } from "../world/gateway.ts";

/** Files that one process of this machine may have open; Node raises its own limit to that. */
const mostFiles = (): number => {
  try {
    const [, hard] = /^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return Number(hard ?? Number.POSITIVE_INFINITY);
  } catch {
    return 10_000;
  }
};

test("ten thousand connections that say nothing take bounded memory, and make room for others", async (t) => {
  const wanted = 10_000;
  const most = Math.min(wanted, mostFiles() - 1_000);
  if (most < wanted) t.diagnostic(`${most} connections only: a process of this machine may have no more than ${mostFiles()} files open`);
  const world = await gatewayWorld({ slow: 1_000, probe: 5_000, limits: { most, head: 600_000 } });
  t.after(world.stop);
  await world.serve(await upstreamServer("app"));
  const system = await world.as("system");
  assert.equal((await system.get("/v1/apps")).status, 200);

  const before = process.memoryUsage().rss;
  const program = fileURLToPath(new URL("./flood.js", import.meta.url));
  const child = spawn(process.execPath, [program, String(world.of().port), String(most + 200)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  t.after(async () => {
    child.stdin.end();
    await ended;
  });
  let flood = { begun: 0, open: 0, closed: 0 };
  child.stdout.setEncoding("utf8").on("data", (lines: string) => {
    const last = lines.trim().split("\n").at(-1);
    if (last?.endsWith("}") && last.startsWith("{")) flood = JSON.parse(last);
  });

  let highest = 0;
  let served = 0;
  let slowest = 0;
  const look = async (): Promise<void> => {
    const { status, milliseconds } = await system.get("/v1/apps");
    assert.equal(status, 200);
    served++;
    slowest = Math.max(slowest, milliseconds);
    highest = Math.max(highest, world.connections());
  };
  const all = async (): Promise<boolean> => {
    await look();
    return flood.begun === most + 200 && flood.closed >= 200 && highest >= most - 10;
  };
  await eventually("all have come, and the first of them have made room", all);
  const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
  t.diagnostic(
    `${highest} connections at once, ${Math.round(grown)} MiB; ${served} requests served meanwhile, the slowest in ${Math.round(slowest)} ms`,
  );
  assert.ok(highest <= most + 1, `${highest} connections`);
  assert.ok(grown < 600, `${grown} MiB`);
  assert.ok(slowest < 5_000, `${slowest} ms`);
});
