import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "../../eventually.ts";
import { catalog, changes, READ_MODEL } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";

const TOPIC = "pitrix.category";
const service = { ...catalog(new Set()).service, http: [] };
let world: World;
before(async () => {
  world = await served(service);
  await world.of().ports.log.publish(["a", "b", "c"].flatMap((key) => changes(key, 1, 2)));
  await eventually("all is read", () => documents().size === 3);
});
after(() => world.stop());

const database = () => world.databaseOf("catalog");
const documents = () => database().models.get(READ_MODEL) ?? new Map();
/** What the service would find after the topic was lost and filled again: its old positions are as valid as can be. */
const startedWith = async (id: string) => {
  await world.of().stop();
  documents().clear();
  database().topics.set(TOPIC, id);
  await world.start({ service }, 2);
};

test("a topic that was lost and made again is read from its start, although the old positions look valid", async () => {
  const id = database().topics.get(TOPIC) ?? assert.fail("the id of the topic was not noted");
  const isRead = ([name, offset]: readonly [string, number]) => name.startsWith(`${READ_MODEL}|${TOPIC}|`) && offset > 0;
  await eventually("positions are saved", () => [...database().positions].some(isRead));
  await startedWith("of the lost topic");
  await eventually("all is read again", () => documents().size === 3);
  assert.equal(database().topics.get(TOPIC), id);
  assert.ok(
    world.complaints().some(({ msg, topic }) => msg === "a topic was lost and made again: it is read from its start" && topic === TOPIC),
  );
});

test("one that is the same is read on from the positions", async () => {
  await startedWith(database().topics.get(TOPIC) ?? "");
  await world.of().ports.log.publish(changes("d", 1, 2));
  await eventually("what is new is read", () => documents().has("d"));
  assert.equal(documents().size, 1);
});
