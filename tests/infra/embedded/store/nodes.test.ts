import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EmbeddedError } from "../../../../infra/embedded/failure.ts";
import { planNodes, readNodes } from "../../../../infra/embedded/store/nodes.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const refused = (plan: Promise<unknown>, says: RegExp): Promise<void> =>
  assert.rejects(plan, (failure) => {
    assert.ok(failure instanceof EmbeddedError);
    assert.equal(failure.code, "otherLayout");
    assert.match(failure.message, says);
    return true;
  });

test("a directory keeps its nodes and their ports", async () => {
  const directory = temporaryDirectory();
  assert.deepEqual(readNodes(directory), []);
  const nodes = await planNodes(directory, { nodes: 3 });
  assert.deepEqual(
    nodes.map(({ id }) => id),
    [1, 2, 3],
  );
  assert.deepEqual(readNodes(directory), nodes);
  assert.deepEqual(await planNodes(directory, {}), nodes);
  await refused(planNodes(directory, { nodes: 1 }), /a document store of 3 node\(s\), not 1; choose another directory/);
});

test("a directory of another document store is refused, and not taken for an empty one", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "store.json"), JSON.stringify({ port: 20_000, form: "wheel" }));
  await refused(planNodes(directory, {}), /another document store, which MongoDB cannot read; choose another directory, or delete it/);
});
