import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { rebuilding } from "../../../events/subscription/pointer.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { progressText } from "../../../services/cli/replay-text.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";
import { pitrix } from "./terminal.ts";

const NAMES = "catalog/names";
let world: World;
before(async () => {
  world = await served({ ...catalog(new Set()).service, http: [] });
  await world.of().ports.log.publish(["a", "b", "c"].flatMap((key) => changes(key, 1, 3)));
  await eventually("the read model is there", () => documents("names__v1").length === 3);
});
after(() => world.stop());

const documents = (collection: string) => [...(world.databaseOf("catalog").models.get(collection)?.values() ?? [])];
const answer = async (...args: readonly string[]) => {
  const { text, code } = await pitrix(world, ["replay", ...args, "--json"]);
  return { ...JSON.parse(text.trimEnd().split("\n").at(-1) ?? ""), code };
};
const refused = (args: readonly string[], code: number, sentence: RegExp) =>
  assert.rejects(pitrix(world, ["replay", ...args]), (error) => {
    assert.ok(error instanceof CommandFailed, String(error));
    assert.match(error.message, sentence);
    assert.equal(error.code, code);
    return true;
  });
const active = () => world.of().instance.collections.of("names");
let rebuilt = "";

test("a read model is filled anew beside the live one, and the two are equal", async () => {
  const { code, collection, compared, differences } = await answer("run", NAMES, "--yes");
  assert.deepEqual([code, compared, differences, active()], [0, 3, 0, "names__v1"]);
  rebuilt = collection;
  assert.deepEqual(documents(rebuilt).toSorted(byId), documents("names__v1").toSorted(byId));
  const { text } = await pitrix(world, ["replay", "status", "catalog"]);
  assert.match(text, /^SERVICE +READ MODEL/);
  assert.match(text, /catalog +names +names__v1 +1 +active/);
  assert.match(text, new RegExp(`catalog +names +${rebuilt} +1 +equal +100 % of 9 records`));
});

test("while one collection is filled, no other one is begun", () =>
  refused(["run", NAMES, "--yes"], 1, new RegExp(`${rebuilt} is filled beside names__v1 already: verify, promote or abort it first`)));

test("the comparison goes on to what came since, and names what somebody changed by hand", async () => {
  await world.of().ports.log.publish(changes("d", 1, 2));
  await eventually("the live one has the new document", () => documents("names__v1").length === 4);
  assert.deepEqual((await answer("verify", NAMES)).differences, 0);
  const model = world.databaseOf("catalog").models.get(rebuilt);
  const whole = model?.get("b") ?? assert.fail("there is no document b");
  model?.set("b", { ...whole, value: { ...whole.value, names: ["forged"] } });
  const { text } = await pitrix(world, ["replay", "verify", NAMES]);
  assert.match(text, new RegExp(`b +3 +3 +${rebuilt} +names \\(category/b@3\\)\\n`));
  assert.match(text, /1 difference +in 4 documents/);
  model?.delete("c");
  const { code, differences, first } = await answer("verify", NAMES);
  const fields = (id: string) => [{ field: "names", event: `category/${id}@3` }];
  assert.deepEqual(
    [code, differences, first],
    [
      1,
      2,
      [
        { id: "b", stream: "category/b", versions: [3, 3], fields: fields("b"), wrong: [rebuilt] },
        { id: "c", stream: "category/c", versions: [3, null], fields: fields("c"), wrong: [rebuilt] },
      ],
    ],
  );
});

test("what is not equal is not promoted, unless somebody says so aloud", async () => {
  await refused(
    ["promote", NAMES, "--yes"],
    1,
    /differs from names__v1 in 2 documents: see `replay verify`, or promote it as it is with --unverified/,
  );
  assert.equal(active(), "names__v1");
  const { text } = await pitrix(world, ["replay", "promote", NAMES, "--unverified", "--yes"]);
  assert.match(text, /^unverified {2}nobody knows/);
  await eventually("the instance follows", () => active() === rebuilt);
  assert.equal((await answer("rollback", NAMES, "--yes")).active, "names__v1");
  await eventually("the instance follows", () => active() === "names__v1");
});

test("a plan says what would be read and taken, and does nothing; it can be written down, and is carried out as long as nothing has changed", async () => {
  const generation = () => world.databaseOf("catalog").pointers.get("names")?.generation;
  const before = generation();
  const file = join(mkdtempSync(join(tmpdir(), "pitrix-plan-")), "plan.json");
  const plan = await answer("plan", NAMES, "--rate", "5000", "--out", file);
  assert.deepEqual(
    [plan.model, plan.active, plan.rate, plan.documents, plan.refusals, plan.topics],
    ["names", "names__v1", 5_000, 4, [], [{ topic: "pitrix.category", partitions: plan.topics[0].partitions, records: 11 }]],
  );
  const { text } = await pitrix(world, ["replay", "run", NAMES]);
  assert.match(text, /Reads 11 records, as fast as possible\. Takes about .*B of disk \(4 documents\)/);
  assert.match(text, /Nothing was done: carry it out with --yes/);
  assert.equal(generation(), before);
  const { collection } = await answer("run", "--plan", file);
  assert.notEqual(generation(), before);
  await answer("abort", NAMES, "--yes");
  await eventually("it is gone", () => !world.databaseOf("catalog").models.has(collection));
  await refused(["run", "--plan", file], 1, /names has changed since the plan was made: make another one/);
  writeFileSync(file, "{}");
  await refused(["run", "--plan", file], 64, /is not a plan: write one with/);
  await refused(["run"], 64, /name the read model, or a plan/);
});

test("without --yes nothing is switched, and what would be is shown", async () => {
  const before = active();
  const { text, code } = await pitrix(world, ["replay", "promote", NAMES]);
  assert.equal(code, 0);
  assert.match(text, /\npromote: would let queries read the new collection, .*\nNothing was done: carry it out with --yes\.\n$/);
  assert.equal(active(), before);
});

test("what is equal is promoted; queries follow, and step back", async () => {
  const { active: now, collection, differences } = await answer("run", NAMES, "--yes", "--promote");
  assert.deepEqual([now, differences], [collection, 0]);
  await eventually("the instance follows", () => active() === collection);
  assert.equal((await answer("rollback", NAMES, "--yes")).active, "names__v1");
  await eventually("the instance follows", () => active() === "names__v1");
});

test("a run whose command was interrupted goes on, and the next one waits for it", async () => {
  const { log } = world.of().ports;
  const { ends, read } = log;
  const { readModels } = world.of().instance;
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const { ends: all } = await readModels.sources("names");
  try {
    // Nothing is read before the command has looked.
    Object.assign(log, { read: async (...all: Parameters<typeof read>) => promise.then(() => read(...all)) });
    await readModels.change("names", (pointer, fold) => rebuilding(pointer, fold, { ends: all, rate: null }));
    Object.assign(log, {
      ends: (topic: string) => {
        resolve();
        return ends(topic);
      },
    });
    const { code, differences, compared } = await answer("run", NAMES);
    assert.deepEqual([code, differences, compared], [0, 0, 4]);
  } finally {
    Object.assign(log, { ends, read });
    await answer("abort", NAMES, "--yes");
  }
});

test("progress tells the rate, and the time that is left", () => {
  const since = { read: 1_000, at: 0 };
  assert.equal(
    progressText({ read: 6_000, end: 26_000, compared: 0 }, since, 10_000),
    `[${"=".repeat(6)}${" ".repeat(24)}] 23 %  6000 of 26000 records  500/s  40 s left`,
  );
  assert.equal(progressText({ read: 26_000, end: 26_000, compared: 17 }, since, 20_000), "comparing  17 documents");
});

test("a log that lacks a topic, or its beginning, is refused before anything is touched", async () => {
  const { log } = world.of().ports;
  const { ends, offsets } = log;
  const generation = () => world.databaseOf("catalog").pointers.get("names")?.generation;
  const before = generation();
  try {
    Object.assign(log, { offsets: async (topic: string) => (await ends(topic)).map(({ partition }) => ({ partition, offset: 1 })) });
    await refused(["run", NAMES, "--yes"], 1, /pitrix\.category has lost its first events: a model that is filled from it would lack them/);
    const { code, refusals } = await answer("plan", NAMES);
    assert.deepEqual([code, refusals.length], [1, 1]);
    const gone = async () => {
      throw new Error("There is no topic pitrix.category");
    };
    Object.assign(log, { offsets, ends: gone });
    await refused(["verify", NAMES], 1, /There is no topic pitrix\.category: start the service that announces its events/);
  } finally {
    Object.assign(log, { offsets, ends });
  }
  assert.equal(generation(), before);
});

test("a plan that cannot be meant is refused before anything is touched", async () => {
  const pointer = () => world.databaseOf("catalog").pointers.get("names") ?? assert.fail();
  const generation = () => pointer().generation;
  await eventually("what was given up is gone", () => pointer().feeds.every(({ rebuild }) => !rebuild) && pointer().dropped.length === 0);
  const before = generation();
  const refusing = async (options: readonly string[], sentence: RegExp): Promise<void> => {
    await refused(["run", NAMES, "--yes", ...options], 1, sentence);
    const { code, refusals } = await answer("plan", NAMES, ...options);
    assert.equal(code, 1);
    assert.match(refusals.join("; "), sentence);
  };
  await refusing(["--since", "2001-01-01T00:00:00Z"], /the log begins later than that time: leave the bound out/);
  await refusing(["--since", "2999-01-01T00:00:00Z"], /nothing has happened since that time/);
  await refusing(["--until", "2001-01-01T00:00:00Z"], /the log begins later than that time: there is nothing to look at/);
  await refusing(["--stream", "counter/a"], /counter\/a is not a stream of pitrix\.category/);
  await refusing(["--partition", "99"], /there is no partition 99/);
  await refusing(["--may-differ", "nickname"], /there is no field nickname: it has names/);
  await refusing(["--from", "store"], /pitrix\.category is not catalog's own: fill the model from the log/);
  await assert.rejects(pitrix(world, ["replay", "run", NAMES, "--since", "soon"]), /expected a time such as/);
  const { log } = world.of().ports;
  const { read } = log;
  // The last event of a partition was written by a newer build.
  const strange = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff]);
  try {
    Object.assign(log, {
      read: (ranges: Parameters<typeof read>[0], handle: Parameters<typeof read>[1], signal: AbortSignal) =>
        read(
          ranges,
          (batch, inner) => handle({ ...batch, records: batch.records.map((record) => ({ ...record, value: strange })) }, inner),
          signal,
        ),
    });
    await refusing([], /pitrix\.category\/\d has events of a newer build, which this one cannot read: start that build/);
  } finally {
    Object.assign(log, { read });
  }
  assert.equal(generation(), before);
});

test("a plan with bounds is written down, carried out from its file, and says what it does", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "pitrix-plan-")), "plan.json");
  const { text } = await pitrix(world, ["replay", "plan", NAMES, "--stream", "category/a", "--may-differ", "names", "--out", file]);
  assert.match(text, /Folds category\/a, each from its first version; copies the others\./);
  assert.match(text, /May differ in names\./);
  const model = world.databaseOf("catalog").models.get("names__v1");
  const whole = model?.get("a") ?? assert.fail("there is no document a");
  model?.set("a", { ...whole, value: { ...whole.value, names: ["forged"] } });
  const { collection, differences, expected } = await answer("run", "--plan", file);
  assert.deepEqual([differences, expected], [0, 1]);
  const made = documents(collection).find(({ id }) => id === "a");
  assert.deepEqual(made?.value, whole.value);
  model?.set("a", whole);
  await answer("abort", NAMES, "--yes");
  await eventually("it is gone", () => !world.databaseOf("catalog").models.has(collection));
});

test("what does not exist is refused with a hint, and nothing is touched", async () => {
  for (const action of ["plan", "promote", "abort"]) await refused([action, "catalog/other"], 66, /catalog has no read model other/);
  await refused(["run", "names"], 64, /write <service>\/<read model>/);
  await refused(["run", "catalog/other"], 66, /catalog has no read model other; it has access, names/);
  await refused(["run", "shop/names"], 66, /there is no service shop/);
  await refused(["verify", NAMES, "--collection", "names__v9"], 1, /there is no collection names__v9: see `replay status`/);
  await refused(["verify", NAMES, "--collection", "names__v1"], 1, /names__v1 follows the log: only what `replay run` has filled/);
});

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1);
