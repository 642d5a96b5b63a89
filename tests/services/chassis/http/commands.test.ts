import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Outage } from "../../../../events/outage.ts";
import { asSealed } from "../../../../services/chassis/access/envelope.ts";
import { keysTopicOf } from "../../../../services/chassis/access/sealing.ts";
import { descriptionOf, example } from "../../../world/toys/example.ts";
import { served, type World } from "../../../world/world.ts";

let world: World;
let system: Awaited<ReturnType<World["as"]>>;
before(async () => {
  world = await served(example);
  system = await world.as("system");
});
after(() => world.stop());

const create = async (name: string, headers: Record<string, string> = {}) => system.post("/v1/categories", { name, locale: "{}" }, headers);

test("a command answers its id, its position, and can be read at once", async () => {
  const made = await create("databases");
  assert.equal(made.status, 200);
  assert.match(made.body.category_id, /^ctg-[0-9A-Za-z]{12}$/);
  assert.equal(made.headers.get("pitrix-position"), `category/${made.body.category_id}@1`);
  assert.equal(made.headers.get("pitrix-pending"), null);
  const { body } = await system.get(`/v1/categories?category_id=${made.body.category_id}`);
  assert.equal(body.category_set[0].name, "databases");
  assert.equal(body.total_count, 1);
});

test("what another stream holds is refused in the decider's words", async () => {
  await create("queues");
  const again = await create("queues");
  assert.equal(again.status, 403);
  assert.equal(again.error, "category_exists");
  assert.deepEqual(again.body, {
    error: "there is one of this name",
    message: "there is one of this name",
    code: 7,
    details: [{ "@type": "type.googleapis.com/openpitrix.ErrorDetail", error_name: "category_exists" }],
  });
});

test("rejections of every stage become errors of their kind", async () => {
  const early = await create("early");
  assert.deepEqual([early.status, early.body.code, early.error], [400, 3, "too_early"]);
  const command = await create("forbidden");
  assert.deepEqual([command.status, command.body.code], [400, 3]);
  const { category_id } = (await create("good")).body;
  const decided = await system.patch("/v1/categories", { category_id, name: "bad name" });
  assert.deepEqual([decided.status, decided.body.code, decided.error], [400, 9, "failed_precondition"]);
  assert.equal(decided.headers.get("pitrix-position"), `category/${category_id}@1`);
});

test("nothing to do is a success that names the position", async () => {
  const { category_id } = (await create("same")).body;
  const again = await system.patch("/v1/categories", { category_id, name: "same" });
  assert.equal(again.status, 200);
  assert.equal(again.headers.get("pitrix-position"), `category/${category_id}@1`);
});

test("an id that no stream can have is refused, and nothing of its request is committed", async () => {
  const choose = (ids: readonly string[], headers?: Record<string, string>) =>
    system.post("/v1/categories", { name: JSON.stringify(ids), locale: "ids" }, headers);
  for (const id of ["", "a/b", "a@1", "a b", "a,b", "a\n", "a\u0000", "\u00e4", "x".repeat(129)]) {
    const refused = await choose(["ctg-chosen", id]);
    assert.deepEqual([refused.status, refused.body.code, refused.error], [400, 3, "illegal_parameter_format"], id);
  }
  assert.deepEqual(await world.of().ports.store.read("category/ctg-chosen", 0), []);
  const headers = { "idempotency-key": "chosen-1" };
  assert.deepEqual((await choose(["a/b"], headers)).body, (await choose(["a/b"], headers)).body);
  const made = await choose(["ctg-chosen", "x".repeat(128)]);
  assert.equal(made.headers.get("pitrix-position"), `category/ctg-chosen@1, category/${"x".repeat(128)}@1`);
});

test("an unknown id is not found", async () => {
  const unknown = await system.patch("/v1/categories", { category_id: "ctg-none", name: "x" });
  assert.deepEqual([unknown.status, unknown.body.code, unknown.error], [404, 5, "resource_not_found"]);
  assert.equal(unknown.body.message, "resource [ctg-none] not found");
});

test("each id is its own: the good ones happen, the first refusal is the answer, its cause lists all", async () => {
  const ids: string[] = [];
  for (const name of ["a", "kept b", "c", "kept d"]) ids.push((await create(name)).body.category_id);
  const [a, b, c, d] = ids;
  const { status, body, error, headers } = await system.remove("/v1/categories", { category_id: [...ids, "ctg-unknown", a] });
  assert.equal(status, 400);
  assert.equal(error, "category_in_use");
  assert.equal(body.message, `${b} is kept`);
  assert.equal(body.details[0].cause, `${b}: ${b} is kept; ${d}: ${d} is kept; ctg-unknown: resource [ctg-unknown] not found`);
  assert.equal(headers.get("pitrix-position"), `category/${a}@2, category/${b}@1, category/${c}@2, category/${d}@1`);
  const left = await system.get(`/v1/categories?${ids.map((id) => `category_id=${id}`).join("&")}&sort_key=name&reverse=false`);
  assert.deepEqual(
    left.body.category_set.map((each: { status: string }) => each.status),
    ["deleted", "deleted", "active", "active"],
  );
});

test("several ids that all go are answered together", async () => {
  const first = (await create("one of two")).body.category_id;
  const second = (await create("two of two")).body.category_id;
  const { status, body } = await system.remove("/v1/categories", { category_id: [first, second] });
  assert.equal(status, 200);
  assert.deepEqual(body, { category_id: [first, second] });
});

test("the same idempotency key gives the same answer, also its secret, and happens once", async () => {
  const headers = { "idempotency-key": "make-1" };
  const [first, second] = [await create("once", headers), await create("once", headers)];
  assert.equal(first.status, 200);
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers.get("pitrix-position"), first.headers.get("pitrix-position"));
  assert.equal((await system.get("/v1/categories?name=once")).body.total_count, 1);
});

test("the same key at the same moment happens once", async () => {
  const headers = { "idempotency-key": "make-2" };
  const answers = await Promise.all(Array.from({ length: 5 }, () => create("at once", headers)));
  assert.deepEqual([...new Set(answers.map(({ body }) => JSON.stringify(body)))].length, 1);
  assert.equal(answers[0]?.status, 200);
});

test("another request under a used key is refused", async () => {
  const headers = { "idempotency-key": "make-3" };
  await create("first body", headers);
  const other = await create("second body", headers);
  assert.deepEqual([other.status, other.error], [422, "idempotency_key_reused"]);
  assert.equal((await system.get("/v1/categories?name=second%20body")).body.total_count, undefined);
});

test("keys belong to their caller and operation", async () => {
  await world.know("user/usr-other", { kind: "user", roleIds: ["global_admin"] });
  const other = await world.as("usr-other");
  const headers = { "idempotency-key": "make-4" };
  const mine = await create("my key", headers);
  const theirs = await other.post("/v1/categories", { name: "their key", locale: "{}" }, headers);
  assert.equal(theirs.status, 200);
  assert.notEqual(theirs.body.category_id, mine.body.category_id);
});

test("a refusal under a key stays the answer, whoever gave it", async () => {
  const { category_id } = (await create("to be renamed")).body;
  const body = { category_id, name: "bad for now" };
  const decided = await system.patch("/v1/categories", body, { "idempotency-key": "no-1" });
  assert.deepEqual((await system.patch("/v1/categories", body, { "idempotency-key": "no-1" })).body, decided.body);
  const early = await create("early", { "idempotency-key": "no-2" });
  assert.equal(early.status, 400);
  assert.deepEqual((await create("early", { "idempotency-key": "no-2" })).body, early.body);
});

test("under a key several ids have one answer, also where some are refused", async () => {
  const ids: string[] = [];
  for (const name of ["x", "kept y", "z"]) ids.push((await create(name)).body.category_id);
  const headers = { "idempotency-key": "several-1" };
  const first = await system.remove("/v1/categories", { category_id: [...ids, "ctg-later"] }, headers);
  assert.equal(first.status, 400);
  const again = await system.remove("/v1/categories", { category_id: [...ids, "ctg-later"] }, headers);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers.get("pitrix-position"), first.headers.get("pitrix-position"));
});

test("what was broken off between two ids is finished under its key", async () => {
  const ids: string[] = [];
  for (const name of ["i", "j"]) ids.push((await create(name)).body.category_id);
  const headers = { "idempotency-key": "several-2" };
  world.fate.before = async (call) => {
    if (call.startsWith(`store.append category/${ids[1]}`)) throw new Outage("cut off");
  };
  assert.equal((await system.remove("/v1/categories", { category_id: ids }, headers)).status, 503);
  world.fate.before = async () => {};
  const again = await system.remove("/v1/categories", { category_id: ids }, headers);
  assert.deepEqual([again.status, again.body], [200, { category_id: ids }]);
  assert.equal(again.headers.get("pitrix-position"), `category/${ids[0]}@2, category/${ids[1]}@2`);
});

test("what was not there when its key was used stays not found under that key", async () => {
  const headers = { "idempotency-key": "late-1" };
  const body = { category_id: "ctg-late", name: "renamed late" };
  assert.equal((await system.patch("/v1/categories", body, headers)).status, 404);
  const document = { id: "ctg-late", stream: "category/ctg-late", version: 1, deleted: false, value: { category_id: "ctg-late" } };
  await world.of().ports.documents.write("categories__v1", [{ document, expected: 0 }]);
  assert.equal((await system.patch("/v1/categories", body, headers)).status, 404);
  assert.equal((await system.patch("/v1/categories", body)).status, 200);
});

test("a key answers as before although the world has changed since", async () => {
  const { category_id } = (await create("short-lived")).body;
  const headers = { "idempotency-key": "rename-1" };
  const renamed = await system.patch("/v1/categories", { category_id, name: "renamed" }, headers);
  await system.remove("/v1/categories", { category_id: [category_id] });
  const again = await system.patch("/v1/categories", { category_id, name: "renamed" }, headers);
  assert.deepEqual([again.status, again.body], [200, renamed.body]);
  assert.equal(again.headers.get("pitrix-position"), renamed.headers.get("pitrix-position"));
});

/** Runs requests, and gives what they asked of the store. */
const callsOf = async (run: () => Promise<unknown>): Promise<readonly string[]> => {
  const calls: string[] = [];
  world.fate.before = async (call) => void (/^store\.(append|findCause|read) /.test(call) && calls.push(call.split(" ")[0] ?? ""));
  await run();
  world.fate.before = async () => {};
  return calls;
};

test("where nothing is prepared a key costs no read: the commit finds out that it was used, for one id and for several", async () => {
  const ids: string[] = [];
  for (const name of ["r", "s"]) ids.push((await create(name)).body.category_id);
  const rename = () => system.patch("/v1/categories", { category_id: ids[0], name: "r2" }, { "idempotency-key": "unread-1" });
  assert.ok(!(await callsOf(rename)).includes("store.findCause"));
  assert.ok((await callsOf(rename)).includes("store.findCause"));
  const remove = () => system.remove("/v1/categories", { category_id: ids }, { "idempotency-key": "unread-2" });
  assert.ok(!(await callsOf(remove)).includes("store.findCause"));
});

test("where something is prepared a used key is found before, and nothing is prepared or decided again", async () => {
  const make = (name: string) => create(name, { "idempotency-key": "prepared-1" });
  const first = await make("prepared");
  const again = async () => assert.deepEqual((await make("prepared")).body, first.body);
  assert.deepEqual(await callsOf(again), ["store.findCause"]);
  const otherwise = async () => assert.equal((await make("prepared otherwise")).error, "idempotency_key_reused");
  assert.deepEqual(await callsOf(otherwise), ["store.findCause"]);
  // The row prepares requests with an icon only.
  const modified = { category_id: first.body.category_id, name: "prepared, with an icon", icon: "aWNvbg==" };
  const modify = () => system.patch("/v1/categories", modified, { "idempotency-key": "prepared-2" });
  assert.equal((await callsOf(modify))[0], "store.findCause");
  assert.deepEqual(await callsOf(modify), ["store.findCause"]);
});

test("another request under the key of one that broke off changes nothing, and the first is finished as it began", async () => {
  const ids: string[] = [];
  for (const name of ["t", "u"]) ids.push((await create(name)).body.category_id);
  const headers = { "idempotency-key": "several-3" };
  world.fate.before = async (call) => {
    if (call.startsWith(`store.append category/${ids[1]}`)) throw new Outage("cut off");
  };
  assert.equal((await system.remove("/v1/categories", { category_id: ids }, headers)).status, 503);
  world.fate.before = async () => {};
  const { category_id: third } = (await create("v")).body;
  for (const others of [
    [third, "ctg-unknown"],
    ["ctg-unknown", third],
  ])
    assert.equal((await system.remove("/v1/categories", { category_id: others }, headers)).error, "idempotency_key_reused");
  const [category] = (await system.get(`/v1/categories?category_id=${third}`)).body.category_set;
  assert.equal(category.status, "active");
  const again = await system.remove("/v1/categories", { category_id: ids }, headers);
  assert.deepEqual([again.status, again.body], [200, { category_id: ids }]);
});

test("a read waits for the position that it is given", async () => {
  const made = await create("awaited");
  const position = made.headers.get("pitrix-position") ?? "";
  const seen = await system.get("/v1/categories?name=awaited", { "pitrix-wait-for": position });
  assert.equal(seen.headers.get("pitrix-pending"), null);
  assert.equal(seen.body.total_count, 1);
  const beyond = await system.get("/v1/categories", { "pitrix-wait-for": position.replace("@1", "@9") });
  assert.equal(beyond.headers.get("pitrix-pending"), "true");
  const elsewhere = await system.get("/v1/categories", { "pitrix-wait-for": "runtime/runtime-1@3" });
  assert.equal(elsewhere.headers.get("pitrix-pending"), null);
});

test("a secret that was sealed for a refused request is forgotten, one that was taken is not", async () => {
  const taken = await system.post("/v1/categories", { name: "with a secret", locale: "{}", description: "s3cret" });
  assert.equal(taken.status, 200);
  const sealedOf = async () => (await world.of().ports.documents.get("categories__v1", [taken.body.category_id]))[0]?.value.description;
  assert.equal(
    await world.of().host.edge.sealing.open(asSealed(String(await sealedOf())), descriptionOf(taken.body.category_id)),
    "s3cret",
  );
  const sealedNow = new Set<string>();
  const seen = await world
    .of()
    .ports.log.follow(keysTopicOf(world.of().name), ({ key, value }) => void (value ? sealedNow.add(key) : sealedNow.delete(key)));
  await seen.caughtUp;
  await system.post("/v1/categories", { name: "with a secret", locale: "{}", description: "another" });
  const forbidden = { name: "forbidden", locale: "{}", description: "a third" };
  for (const headers of [{}, { "idempotency-key": "secret-1" }]) await system.post("/v1/categories", forbidden, headers);
  await seen.stop();
  assert.equal(sealedNow.size, 1);
});

test("events carry the request, its caller, its row and the action that it started", async () => {
  const { category_id } = (await create("traced")).body;
  await system.patch("/v1/categories", { category_id, name: "traced on" }, { "x-request-id": "request-7" });
  const [, commit] = await world.of().ports.store.read(`category/${category_id}`, 0);
  assert.equal(commit?.metadata.correlationId, "request-7");
  assert.equal(commit?.metadata.row, "ModifyCategory");
  assert.equal(commit?.metadata.actor.userId, "system");
  assert.match(commit?.metadata.actionId ?? "", /^j-[0-9A-Za-z]{12}$/);
});
