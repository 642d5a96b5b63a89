import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { users } from "../../../../../services/providers/local/machine/users.ts";
import { aNode, playground } from "./support.ts";

const skip = process.getuid?.() === 0 ? false : "only root can run nodes as users of their own";
const ids = { first: 100, last: 102 };

test("nodes that claim at once get different ids", async (t) => {
  const home = users(playground(t).directory, ids);
  const claimed = await Promise.all(["cln-1", "cln-2", "cln-3"].map((nodeId) => home.claim(nodeId)));
  assert.deepEqual(claimed.sort(), [100, 101, 102]);
});

test("an id that is free again comes last", async (t) => {
  const { directory } = playground(t);
  const home = users(directory, ids);
  const first = await home.claim("cln-1");
  assert.equal(await users(directory, ids).claim("cln-1"), first);
  await home.release("cln-1");
  const others = [await home.claim("cln-2"), await home.claim("cln-3")];
  assert.ok(!others.includes(first));
  assert.equal(await home.claim("cln-4"), first);
  await assert.rejects(home.claim("cln-5"), { code: "refused", message: /all user ids from 100 to 102 are in use/ });
  await home.release("cln-2");
  assert.equal(await home.claim("cln-5"), others[0]);
});

test("where the range was changed, the next id is of the new one", async (t) => {
  const { directory } = playground(t);
  const before = await users(directory, ids).claim("cln-1");
  assert.equal(await users(directory, { first: 500, last: 500 }).claim("cln-2"), 500);
  assert.equal(await users(directory, { first: 500, last: 500 }).claim("cln-1"), before);
});

test("a directory that users cannot reach is refused, with the name of the one that is closed", { skip }, async (t) => {
  const { machine, directory } = playground(t);
  mkdirSync(join(directory, "closed"), { mode: 0o700 });
  const below = machine({ directory: join(directory, "closed/local") });
  await assert.rejects(below.createNode(aNode("cln-1")), { code: "refused", message: /cannot pass .*\/closed; PITRIX_LOCAL_DIRECTORY/ });
  chmodSync(join(directory, "closed"), 0o711);
  await below.createNode(aNode("cln-1"));
  // Those that it makes itself are open.
  await machine({ directory: join(directory, "new/and/deep") }).createNode(aNode("cln-1"));
});

test("a node of a time without users is not started as root", { skip }, async (t) => {
  const { machine, directory } = playground(t);
  const first = machine();
  await first.createNode(aNode("cln-1"));
  await first.close();
  const record = join(directory, "nodes/cln-1/node.json");
  const { uid: _, ...older } = JSON.parse(readFileSync(record, "utf8"));
  writeFileSync(record, JSON.stringify(older));
  const second = machine();
  await assert.rejects(second.startProcess("cln-1", { cmd: "node program.cjs stay" }), { code: "refused", message: /no user of its own/ });
  await second.removeNode("cln-1");
});
