import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "../../../events/testing.ts";
import { contract, counting } from "./counters.ts";

test("a service with schemas of its own runs in memory on the library's entries alone", async () => {
  const toys = await world(contract, [{ service: counting, instances: 2 }]);
  await toys.send("counting", { type: "Count", counterId: "a", by: 4 } as never); // The world knows no service's commands.
  await toys.send("counting", { type: "Count", counterId: "a", by: 6 } as never);
  await toys.settle();
  assert.deepEqual(toys.story(), ["Counted", "Counted", "Full", "Counted"]);
  const documents = await toys.documents("counting", "counters");
  assert.deepEqual(
    documents.map(({ id, value }) => [id, value]),
    [
      ["a", { count: 10, full: true }],
      ["a-next", { count: 1, full: false }],
    ],
  );
  const { rejection } = await toys.send("counting", { type: "Count", counterId: "a", by: 1 } as never);
  assert.equal(rejection?.rejected, "counter [a] is full");
  assert.deepEqual(
    [...toys.broker.contents().keys()].filter((topic) => !topic.startsWith("toys.")),
    [],
  );
  await toys.stop();
});
