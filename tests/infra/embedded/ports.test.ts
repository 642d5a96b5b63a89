import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { test } from "node:test";
import { promisify } from "node:util";
import { freePorts } from "../../../infra/embedded/ports.ts";

const run = promisify(execFile);

test("starts side by side get different ports, and none that a program listens on", async () => {
  const found = (await Promise.all(Array.from({ length: 16 }, () => freePorts(5)))).flat();
  assert.equal(new Set(found).size, 80);
  const taken = (found.at(-1) ?? 0) + 1;
  const server = createServer().listen(taken, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve).once("error", resolve)); // Otherwise taken by another program.
    assert.ok(!(await freePorts(5)).includes(taken));
  } finally {
    server.close();
  }
});

test("another process gets none of the same block", async () => {
  const [mine = 0] = await freePorts(1);
  const url = new URL("../../../infra/embedded/ports.js", import.meta.url).href;
  const script = `const { freePorts } = await import(${JSON.stringify(url)}); console.log((await freePorts(1))[0])`;
  const others = await Promise.all(
    Array.from({ length: 3 }, async () => Number((await run(process.execPath, ["--input-type=module", "--eval", script])).stdout)),
  );
  const blocks = [mine, ...others].map((port) => Math.floor(port / 200));
  assert.equal(new Set(blocks).size, 4, blocks.join());
});
