import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { freePorts } from "../../../infra/embedded/ports.ts";

test("starts side by side get different ports, and none that a program listens on", async () => {
  const found = (await Promise.all(Array.from({ length: 40 }, () => freePorts(5)))).flat();
  assert.equal(new Set(found).size, 200);
  const taken = (found.at(-1) ?? 0) + 1;
  const server = createServer().listen(taken, "127.0.0.1");
  try {
    await new Promise((resolve) => server.once("listening", resolve).once("error", resolve)); // Otherwise taken by another program.
    assert.ok(!(await freePorts(5)).includes(taken));
  } finally {
    server.close();
  }
});
