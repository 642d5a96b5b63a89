import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isRecord } from "../../../infra/embedded/files.ts";
import { identify } from "../../../infra/embedded/identity.ts";
import { embedded } from "../../../infra/embedded/shared.ts";
import { waitFor } from "../../../infra/embedded/waiting.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, "..", "..", "..", "infra", "embedded", "main.js");
const limit = 60_000;

type Answer = { code: number; output: string };

const call = async (...args: string[]): Promise<Answer> => {
  try {
    return { code: 0, output: (await promisify(execFile)(process.execPath, [main, ...args])).stdout };
  } catch (failure) {
    if (!isRecord(failure) || typeof failure.code !== "number") throw failure;
    return { code: failure.code, output: String(failure.stdout) };
  }
};

const up = async (t: TestContext, directory: string): Promise<{ child: ChildProcess; pids: number[] }> => {
  const child = spawn(process.execPath, [main, "up", "--json", "--directory", directory], { stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGTERM"));
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const line = await waitFor(() => (output.includes("\n") || child.exitCode !== null ? output : undefined), limit);
  const answer: unknown = JSON.parse(line ?? "");
  assert.ok(isRecord(answer) && Array.isArray(answer.pids));
  const pids = answer.pids.map(Number);
  assert.equal(pids.length, 2);
  assert.ok(pids.every((pid) => identify(pid)));
  return { child, pids };
};

const gone = (pids: readonly number[]) => () => (pids.some((pid) => identify(pid)) ? undefined : true);

test("up, status and down report the same servers", async (t) => {
  const directory = temporaryDirectory();
  const { child, pids } = await up(t, directory);
  const running = await call("status", "--json", "--directory", directory);
  assert.equal(running.code, 0);
  const servers: unknown = JSON.parse(running.output);
  assert.ok(Array.isArray(servers));
  assert.deepEqual(
    servers.map((server) => [isRecord(server) && server.state, isRecord(server) && server.pid]),
    pids.map((pid) => ["answers", pid]),
  );
  assert.equal((await call("down", "--directory", directory)).code, 0);
  assert.ok(gone(pids)());
  assert.equal(await waitFor(() => child.exitCode ?? undefined, limit), 0);
  const stopped = await call("status", "--directory", directory);
  assert.equal(stopped.code, 3);
  assert.ok(!stopped.output.includes("\u001b"));
});

test("servers end with the process that holds them, even when it is killed", async (t) => {
  const { child, pids } = await up(t, temporaryDirectory());
  child.kill("SIGKILL");
  assert.ok(await waitFor(gone(pids), limit));
});

test("a start on the directory of a killed process goes on with its data", async (t) => {
  const directory = temporaryDirectory();
  const first = await up(t, directory);
  first.child.kill("SIGKILL");
  const second = await up(t, directory);
  assert.ok(gone(first.pids)());
  second.child.kill("SIGTERM");
  assert.ok(await waitFor(gone(second.pids), limit));
});

test("a wrong command or option is reported, not thrown", async () => {
  assert.equal((await call("dance")).code, 2);
  assert.equal((await call("up", "--nodes", "2")).code, 1);
  assert.equal((await call("up", "--colour")).code, 1);
});

test("the servers of a test process are started once", async () => {
  const [one, other] = await Promise.all([embedded(), embedded()]);
  assert.equal(one, other);
  assert.ok(one.kafka.connection.brokers.length > 0);
  assert.match(one.store.urlFor("notes"), /^mongodb:.*\/notes/);
  assert.ok(existsSync(main));
});
