import assert from "node:assert/strict";
import { test } from "node:test";
import { Outage } from "../../events/outage.ts";
import { example } from "../world/toys/example.ts";
import { served } from "../world/world.ts";

// What fault runs have found, each as small as it can be told.

const key = (name: string) => ({ "idempotency-key": name });

test("who repeats a command while it is being decided gets its answer, and not an empty one", async () => {
  const world = await served(example);
  const user = await world.as("system");
  let looks = 0;
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const repeat = new Promise<void>((resolve) => {
    world.fate.before = async (call) => {
      // While the repeat is about to look what was answered, the command is carried out.
      if (!call.startsWith("store.findCause") || ++looks !== 1) return;
      resolve();
      await held;
    };
  });
  const body = { name: "one", locale: "{}", description: "sealed, which is looked for first" };
  const second = user.post("/v1/categories", body, key("k"));
  await repeat;
  const first = await user.post("/v1/categories", body, key("k"));
  letGo();
  assert.deepEqual((await second).body, first.body);
  assert.match(first.body.category_id, /^ctg-/);
  await world.stop();
});

test("what was acknowledged is never said not to exist because the read model is behind: come again later", async () => {
  const world = await served(example);
  const user = await world.as("system");
  world.fate.before = async (call) => {
    if (call.includes("documents.write")) throw new Outage("the store is out");
  };
  const created = await user.post("/v1/categories", { name: "one", locale: "{}" });
  assert.equal(created.headers.get("pitrix-pending"), "true");
  const rename = { category_id: created.body.category_id, name: "two" };
  const early = await user.patch("/v1/categories", rename, key("k"));
  assert.deepEqual([early.status, early.headers.get("retry-after")], [503, "2"]);
  world.fate.before = async () => {};
  let answer = early;
  for (const until = Date.now() + 10_000; answer.status === 503 && Date.now() < until; )
    answer = await user.patch("/v1/categories", rename, key("k"));
  assert.equal(answer.status, 200, "under the same key it is done once it can be");
  const unknown = await user.patch("/v1/categories", { ...rename, category_id: "ctg-unknown" });
  assert.equal(unknown.status, 404);
  await world.stop();
});
