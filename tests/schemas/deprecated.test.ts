import assert from "node:assert/strict";
import { test } from "node:test";
import { record, withContract } from "./tooling.ts";

const owner = { type: "record", name: "Owner", doc: "Whose it is.", fields: [{ name: "email", type: "string" }] };
const fields = [{ name: "owners", type: { type: "array", items: owner } }];
const started = (deprecated: unknown) => JSON.stringify({ ...record("node", "NodeStarted", fields), deprecated });

test("a notice about a field is generated, and gives no id: the bytes stay as they are", () =>
  withContract(({ event, generate, lock, read, write }) => {
    event("node", "NodeStarted", fields);
    generate();
    const before = lock();
    write("node/NodeStarted.avsc", started({ "owners.email": "Use the name." }));
    assert.deepEqual(generate(), { problems: [], stale: [], written: ["generated/deprecated.ts"] });
    assert.deepEqual(lock(), before);
    assert.match(read("generated/deprecated.ts"), /"node.NodeStarted": \{"owners.email":"Use the name."\}/);
  }));

for (const [deprecated, why] of [
  [{ "owners.phone": "Use the name." }, /no field owners.phone/],
  [{ owners: "" }, /must say what to do instead/],
  ["yes", /is an object/],
] as const)
  test(`a notice that helps nobody is refused: ${JSON.stringify(deprecated)}`, () =>
    withContract(({ event, generate, write }) => {
      event("node", "NodeStarted", fields);
      write("node/NodeStarted.avsc", started(deprecated));
      assert.match(generate().problems.join("\n"), why);
    }));
