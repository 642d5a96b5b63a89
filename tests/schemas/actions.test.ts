import assert from "node:assert/strict";
import { test } from "node:test";
import { record, withContract } from "./tooling.ts";

const id = { name: "nodeId", type: "string" };
const stopped = (aggregate: string, action?: unknown) => ({ ...record(aggregate, "NodeStopRequested", [id]), action });
const operations = (...ids: readonly string[]) =>
  JSON.stringify({
    openapi: "3.1.0",
    paths: Object.fromEntries(
      ids.map((operationId) => [
        `/v1/${operationId}`,
        {
          post: {
            operationId,
            "x-service": "node",
            "x-permission": [],
            responses: { 200: { description: "Done.", content: { "application/json": { schema: { type: "object" } } } } },
          },
        },
      ]),
    ),
  });

test("the action of an event is generated as a map, and gives neither a field nor an id", () =>
  withContract(({ event, generate, lock, read, write }) => {
    event("node", "NodeStopRequested", [id]);
    write("http/v1.yaml", operations("StopNodes"));
    generate();
    const before = { lock: lock(), events: read("generated/events.ts"), schemas: read("generated/schemas.ts") };
    write("node/NodeStopRequested.avsc", JSON.stringify(stopped("node", "StopNodes")));
    assert.deepEqual(generate(), { problems: [], stale: [], written: ["generated/actions.ts"] });
    assert.deepEqual({ lock: lock(), events: read("generated/events.ts"), schemas: read("generated/schemas.ts") }, before);
    assert.match(read("generated/actions.ts"), /^ {2}NodeStopRequested: "StopNodes",$/m);
  }));

for (const [action, named] of [
  ["StopNode", '"StopNode"'],
  ["", '""'],
  [["StopNodes"], '["StopNodes"]'],
] as const)
  test(`the action ${named} does not generate, since it is not an operation`, () =>
    withContract(({ generate, write }) => {
      write("node/NodeStopRequested.avsc", JSON.stringify(stopped("node", action)));
      write("http/v1.yaml", operations("StopNodes"));
      assert.deepEqual(generate(), {
        problems: [`node/NodeStopRequested.avsc: the action ${named} is not an operation of http/v1.yaml`],
        stale: [],
        written: [],
      });
    }));

test("an event of two aggregates has one action", () =>
  withContract(({ generate, write }) => {
    write("awsNode/NodeStopRequested.avsc", JSON.stringify(stopped("awsNode", "StopNodes")));
    write("node/NodeStopRequested.avsc", JSON.stringify(stopped("node", "HaltNodes")));
    write("http/v1.yaml", operations("StopNodes", "HaltNodes"));
    assert.deepEqual(generate().problems, [
      "node/NodeStopRequested.avsc: the action of NodeStopRequested is HaltNodes here and StopNodes in another aggregate",
    ]);
  }));

test("only an event has an action, not a part of it", () =>
  withContract(({ event, generate }) => {
    const disk = { type: "record", name: "Disk", doc: "A disk.", action: "StopNodes", fields: [id] };
    event("node", "NodeStarted", [{ name: "disk", type: disk }]);
    assert.match(generate().problems.join("\n"), /node\/NodeStarted\.avsc: the property "action" of Disk is not one of/);
  }));
