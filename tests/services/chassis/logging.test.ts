import assert from "node:assert/strict";
import { test } from "node:test";
import { logging } from "../../../services/chassis/process/logging.ts";
import type { Service } from "../../../services/chassis/service.ts";
import { eventually } from "../../eventually.ts";
import { example } from "../../world/toys/example.ts";
import { served } from "../../world/world.ts";

const { category } = example.aggregates;
const broken = (): never => {
  throw new Error("a bug in the table");
};

/** The example with an effect that fails at first, and a read model that cannot digest what is renamed. */
const tables = (): Service => {
  assert.ok(category);
  let attempts = 0;
  const run = async () => {
    attempts += 1;
    if (attempts === 1) throw new Error("the outside is down", { cause: new Error("no route") });
    return { type: "RenameCategory", categoryId: "ctg-none", name: "" };
  };
  const [categories] = example.projections ?? [];
  assert.ok(categories);
  const evolve = { ...categories.evolve, CategoryModified: broken };
  return {
    ...example,
    aggregates: { category: { ...category, effects: { CategoryCreated: { ends: ["RenameCategory"], run } } } },
    projections: [{ ...categories, evolve }],
  };
};

test("a line of the log says who tells it, and what request and what action it is about", async (t) => {
  const world = await served(tables(), { wait: 50 });
  t.after(world.stop);
  const system = await world.as("system");
  const said = (message: string, correlationId?: string) =>
    eventually(`"${message}"`, () =>
      world.lines.find((line) => line.msg === message && (correlationId === undefined || line.correlationId === correlationId)),
    );
  const request = (id: string) => ({ "x-request-id": id });
  const made = await system.post("/v1/categories", { name: "one", locale: "{}" }, request("r-create"));
  assert.equal(made.status, 200);
  const { category_id } = made.body;

  const failed = await said("background work failed and will be retried", "r-create");
  assert.deepEqual(
    [failed.level, failed.service, failed.where, failed.stream],
    ["warn", "example", `effect of category/${category_id}@1`, `category/${category_id}`],
  );
  assert.match(JSON.stringify(failed.error), /the outside is down.*"cause":\{"name":"Error","message":"no route"/);
  assert.match(String(failed.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

  const modify = (name: string, id: string) => system.patch("/v1/categories", { category_id, name }, request(id));
  assert.equal((await modify("bad name", "r-refused")).status, 400);
  const refused = await said("a command was rejected", "r-refused");
  assert.deepEqual([refused.level, refused.operation, refused.actor], ["info", "ModifyCategory", "system"]);
  assert.match(String(refused.actionId), /^j-\w+$/);
  assert.equal(refused.reason, "a category is not called bad name");

  assert.equal((await modify("crash", "r-crash")).status, 500);
  const crashed = await said("a request failed", "r-crash");
  assert.deepEqual([crashed.level, crashed.operation], ["error", "ModifyCategory"]);

  assert.equal((await modify("renamed", "r-parks")).status, 200);
  const parked = await said("an event was parked", "r-parks");
  assert.deepEqual([parked.level, parked.subscription, parked.eventId], ["error", "categories__v1", `category/${category_id}@2`]);
  assert.match(String(parked.actionId), /^j-\w+$/);
  assert.match(String(parked.reason), /a bug in the table/);
  assert.match(String(failed.instance), /^example-\S+$/);
  assert.ok(world.lines.every(({ service, instance }) => service === "example" && instance === failed.instance));
  assert.ok(world.lines.every(({ level }) => typeof level === "string"));
});

test("every line is one JSON object, and what is below the level is not said", () => {
  const lines: string[] = [];
  const logger = logging("warn", { service: "a" }, { write: (line) => void lines.push(line) });
  logger.info({}, "too little");
  logger.child({ more: 1 }).warn({ error: new Error("a\nb") }, "two\nlines");
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^[^\n]+\n$/);
  const { level, service: by, more, msg } = JSON.parse(lines[0] ?? "");
  assert.deepEqual([level, by, more, msg], ["warn", "a", 1, "two\nlines"]);
});
