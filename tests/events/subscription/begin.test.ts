import assert from "node:assert/strict";
import { test } from "node:test";
import { kind } from "../../../events/memory/fate.ts";
import { changes, REACTIONS, versions } from "../../world/toys/catalog.ts";
import { catalogWorld } from "./catalog-world.ts";

test("reactions get every event that came after their service was ready for the first time, however late partitions are assigned", async () => {
  const { time, publish, launch, until, told } = await catalogWorld();
  const before = async (call: string): Promise<void> => {
    // So an assignment begins only after the service is ready.
    if (call.startsWith(`documents.position ${REACTIONS}`)) await time.clock.sleep(3_000);
  };
  const one = await launch({ fate: { ...kind, before } });
  await publish(changes("a", 1, 3));
  await until(() => told("a").length === 3, "the events before the assignment are reacted to");
  assert.deepEqual(told("a"), versions(1, 3));
  await one.stop();
});

test("reactions do not get events from before the first start of their service", async () => {
  const { publish, launch, until, told } = await catalogWorld();
  await publish(changes("a", 1, 3));
  const one = await launch();
  await publish(changes("a", 4, 4));
  await until(() => told("a").length > 0, "the later event is reacted to");
  assert.deepEqual(told("a"), versions(4, 4));
  await one.stop();
});

test("reactions get the events that came while no instance ran, although none had been assigned every partition", async () => {
  const { publish, launch, until, told, database } = await catalogWorld();
  await (await launch()).stop();
  assert.deepEqual(
    [0, 1].map((partition) => database.positions.get(`${REACTIONS}|pitrix.category|${partition}`)),
    [0, 0],
  );
  await publish([...changes("a", 1, 2), ...changes("b", 1, 2)]);
  const one = await launch();
  await until(() => told("a").length === 2 && told("b").length === 2, "both partitions are read from their saved positions");
  await one.stop();
});
