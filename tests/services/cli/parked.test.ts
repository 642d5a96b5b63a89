import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { secondsOf } from "../../../services/chassis/operator/events.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { age, painter, plain, table } from "../../../services/cli/output.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes, type Poison, REACTIONS, READ_MODEL } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";
import { pitrix as run } from "./terminal.ts";

const poison: Poison = new Set(["category/a@2", "category/b@1", "category/c@1"]);
let world: World;

const pitrix = (args: readonly string[], environment?: { readonly [name: string]: string }) => run(world, args, environment);
const answer = async (args: readonly string[], environment?: { readonly [name: string]: string }) => {
  const { text, code } = await pitrix([...args, "--json"], environment);
  return { ...JSON.parse(text), code };
};
const refused = (args: readonly string[], environment: { readonly [name: string]: string }, code: number, sentence: RegExp) =>
  assert.rejects(pitrix(args, environment), (error) => {
    assert.ok(error instanceof CommandFailed, String(error));
    assert.match(error.message, sentence);
    assert.equal(error.code, code);
    return true;
  });

before(async () => {
  world = await served({ ...catalog(poison).service, http: [] });
  await world.of().ports.log.publish(["a", "b", "c", "d"].flatMap((key) => changes(key, 1, 3)));
  const subscriptions = () => [...world.of().instance.subscriptions().values()];
  await eventually("three streams are parked by both", () => subscriptions().reduce((sum, { parked }) => sum + parked.size, 0) === 6);
});
after(() => world.stop());

test("what is parked is listed with its reason and its origin, and filtered", async () => {
  const { streams } = await answer(["parked", "list"]);
  assert.equal(streams.length, 6);
  const found = streams.find(
    (each: { subscription: string; stream: string }) => each.subscription === READ_MODEL && each.stream === "category/a",
  );
  assert.deepEqual(
    [found.service, found.eventId, found.type, found.events, found.attempts],
    ["catalog", "category/a@2", "CategoryModified", 2, 1],
  );
  assert.match(found.reason, /cannot digest category\/a@2/);
  assert.match(found.origin, /^pitrix\.category\/\d\/\d+$/);
  assert.equal((await answer(["parked", "list", "--subscription", "names"])).streams.length, 3);
  assert.equal((await answer(["parked", "list", "--reason", "B@1"])).streams.length, 2);
  assert.equal((await answer(["parked", "list", "--type", "CategoryDeleted"])).streams.length, 0);
  assert.equal((await answer(["parked", "list", "--older-than", "1h"])).streams.length, 0);
  const { text } = await pitrix(["parked", "list", "--stream", "category/b"]);
  assert.match(text, /^SERVICE +SUBSCRIPTION/);
  assert.match(text, /catalog +reactions +category\/b +@1 +CategoryModified +3 +1/);
});

test("the events of a parked stream are shown, decoded", async () => {
  const { total, events } = await answer(["parked", "show", "catalog", "category/a", "--subscription", READ_MODEL]);
  assert.equal(total, 2);
  assert.deepEqual(
    events.map((each: { eventId: string; event: { name: string } }) => [each.eventId, each.event.name]),
    [
      ["category/a@2", "2"],
      ["category/a@3", "3"],
    ],
  );
  await refused(["parked", "show", "catalog", "category/none"], {}, 66, /category\/none/);
});

test("only administrators and programs with the platform's key operate it", async () => {
  await world.know("user/usr-dev", { kind: "user", roleIds: ["developer"] });
  await world.know("user/usr-admin", { kind: "user", roleIds: ["global_admin"] });
  const without = { PITRIX_SEALING_KEYS: "" };
  await refused(["parked", "list"], without, 78, /PITRIX_TOKEN/);
  await refused(["parked", "list"], { ...without, PITRIX_TOKEN: "x.y.z" }, 77, /PITRIX_TOKEN/);
  await refused(["parked", "list"], { ...without, PITRIX_TOKEN: await world.token("usr-dev") }, 77, /administrators/);
  await refused(["parked", "list"], { PITRIX_SEALING_KEYS: `k1:${Buffer.alloc(32).toString("base64")}` }, 77, /catalog/);
  assert.equal((await answer(["parked", "list"], { ...without, PITRIX_TOKEN: await world.token("usr-admin") })).streams.length, 6);
  assert.equal((await world.ask("/internal/parked", {})).status, 401);
});

test("a redrive has to be told what is meant, and a dry run changes nothing", async () => {
  await refused(["parked", "redrive"], {}, 64, /--all/);
  const { dryRun, streams } = await answer(["parked", "redrive", "--all", "--dry-run"]);
  assert.deepEqual([dryRun, streams.length], [true, 6]);
  assert.equal((await world.of().ports.parking.asked(READ_MODEL)).length, 0);
});

test("parked streams are grouped by reason, whatever ids it names", async () => {
  const { reasons } = await answer(["parked", "reasons", "--subscription", READ_MODEL]);
  assert.deepEqual(
    reasons.map((each: { reason: string; streams: number; events: number }) => [
      each.reason.replace(/.*threw: /, ""),
      each.streams,
      each.events,
    ]),
    [["cannot digest …", 3, 8]],
  );
  const { text } = await pitrix(["parked", "reasons"]);
  assert.match(text, /^3 +8 +catalog +names__v1 +CategoryModified +\d+ (s|min) +category\/\w@\d +.*cannot digest …$/m);
});

test("without --yes a redrive and a discard only show what they would do", async () => {
  const { text, code } = await pitrix(["parked", "redrive", "--stream", "category/a"]);
  assert.equal(code, 0);
  assert.match(text, /^These streams would be retried:\n[\s\S]*\nNothing was done: carry it out with --yes\.$/m);
  const shown = await pitrix(["parked", "discard", "catalog", READ_MODEL, "category/c@1", "--reason", "it never was"]);
  assert.match(
    shown.text,
    /^This event would be skipped for ever, and 2 later ones of its stream would go on:\n[\s\S]*"name":"1"[\s\S]*Nothing was done/m,
  );
  assert.equal((await world.of().ports.parking.asked(READ_MODEL)).length, 0);
});

test("a redrive tells of each stream how it ended", async () => {
  poison.delete("category/b@1");
  const { streams, code } = await answer(["parked", "redrive", "--all", "--yes"]);
  const states = new Map(
    streams.map((each: { subscription: string; stream: string; state: string }) => [`${each.subscription} ${each.stream}`, each.state]),
  );
  for (const subscription of [READ_MODEL, REACTIONS]) {
    assert.equal(states.get(`${subscription} category/b`), "done");
    assert.equal(states.get(`${subscription} category/a`), "parked again");
  }
  assert.equal(code, 1);
  const [shown] = await world.of().ports.documents.get(READ_MODEL, ["b"]);
  assert.deepEqual(shown?.value, { names: ["1", "2", "3"] });
  assert.equal((await answer(["parked", "list", "--stream", "category/a"])).streams[0].attempts, 2);
});

test("what cannot be mended is discarded, with who and why, and the rest of its stream goes on", async () => {
  await refused(["parked", "discard", "catalog", READ_MODEL, "category/c@2", "--reason", "x"], {}, 66, /not the first event/);
  const { streams, code } = await answer(["parked", "discard", "catalog", READ_MODEL, "category/c@1", "--reason", "it never was", "--yes"]);
  assert.deepEqual([streams[0].state, code], ["done", 0]);
  const [shown] = await world.of().ports.documents.get(READ_MODEL, ["c"]);
  assert.deepEqual(shown?.value, { names: ["2", "3"] });
  assert.deepEqual(await world.of().ports.parking.discarded(READ_MODEL), ["category/c@1"]);
  assert.ok(world.complaints().some(({ msg, by }) => msg === "a parked event will be discarded" && /^cli:/.test(String(by))));
});

test("services are shown with their readiness and what they have parked", async () => {
  const { services, code } = await answer(["services"]);
  assert.equal(code, 0);
  assert.equal(services[0].instances[0].state, "ready");
  const counts = Object.fromEntries(services[0].subscriptions.map((each: { name: string; parked: number }) => [each.name, each.parked]));
  assert.deepEqual([counts[READ_MODEL], counts[REACTIONS]], [1, 2]);
  const silent = await pitrix(["services"], { PITRIX_SERVICES: "catalog=http://127.0.0.1:1" });
  assert.equal(silent.code, 1);
  assert.match(silent.text, /silent/);
  await refused(["parked", "list", "--service", "nobody"], {}, 66, /there is no service nobody; there are catalog/);
});

test("tables line up, text from outside cannot move the cursor, and colour is for terminals that want it", () => {
  const none = painter({ isTerminal: false }, {});
  assert.equal(table(["A", "LONG"], [["one", 2]], none), "A    LONG\none  2");
  assert.equal(plain("a\u001b[2Jb\nc"), "a [2Jb c");
  assert.equal(painter({ isTerminal: true }, {})("red", "x"), "\u001b[31mx\u001b[0m");
  assert.equal(painter({ isTerminal: true }, { NO_COLOR: "1" })("red", "x"), "x");
  assert.deepEqual([age(90_000), age(600_000), age(-5)], ["90 s", "10 min", "0 s"]);
  assert.deepEqual([secondsOf("5m"), secondsOf("2h"), secondsOf("7"), secondsOf("x")], [300, 7_200, 7, undefined]);
});
