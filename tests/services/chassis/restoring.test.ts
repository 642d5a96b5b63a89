import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { deadLetterTopic } from "../../../events/contract.ts";
import { backUp, putBack } from "../../../events/memory/database.ts";
import { CannotRestore } from "../../../events/replay/restore.ts";
import { causeCipher } from "../../../services/chassis/access/causes.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { eventually } from "../../eventually.ts";
import { administrator, servedWithAccounts } from "../../world/accounts.ts";
import { gate } from "../../world/faults.ts";
import { random } from "../../world/process.ts";
import { ask } from "../../world/requests.ts";
import { example } from "../../world/toys/example.ts";
import { served } from "../../world/world.ts";

const keyOf = (id: string) => ({ id, key: random(32) });

test("a sealed cause opens with its key alone, is the same text each time, and tells neither its text nor its length", () => {
  const [old, current] = [keyOf("k1"), keyOf("k2")];
  const cipher = causeCipher([old]);
  const cause = "bootstrap/administrator-created/somebody@example.org";
  const sealed = cipher.seal(cause);
  assert.equal(cipher.open(sealed), cause);
  assert.equal(cipher.seal(cause), sealed);
  assert.notEqual(cipher.seal(`${cause}m`), sealed);
  assert.equal(cipher.seal("a").length, sealed.length);
  assert.match(sealed, /^k1\.[\w-]+$/);
  // A later key seals, and the earlier ones go on opening.
  const rotated = causeCipher([current, old]);
  assert.equal(rotated.open(sealed), cause);
  assert.match(rotated.seal(cause), /^k2\./);
  assert.equal(causeCipher([current]).open(sealed), undefined);
  assert.equal(causeCipher([{ ...old, key: random(32) }]).open(sealed), undefined);
  for (const broken of ["", "k1", "k1.", "k1.AAAA", `${sealed.slice(0, -2)}AA`]) assert.equal(cipher.open(broken), undefined, broken);
});

test("no header on the log has a cause in clear that does not follow from another event", async () => {
  const world = await servedWithAccounts([{ ...example, name: "app" }]);
  try {
    const system = await world.as("system");
    const key = "an idempotency key of somebody";
    assert.equal((await system.call("CreateCategory", { name: "a", locale: "{}" }, { "idempotency-key": key })).status, 200);
    const causes = [...world.databases.values()].flatMap(({ commits }) => [...commits.values()].flatMap(({ cause }) => cause ?? []));
    const records = () => [...world.broker.contents().values()].flat(2).filter(({ headers }) => headers.ce_id !== undefined);
    await eventually("the category is on the log", () => records().some(({ headers }) => headers.ce_row === "CreateCategory"));
    assert.ok(causes.length > 3);
    const told = new Set<string>();
    for (const { headers } of records()) {
      const all = JSON.stringify(headers);
      for (const secret of [key, administrator.email, "bootstrap"]) assert.ok(!all.includes(secret), `${secret} in ${all}`);
      for (const cause of causes) if (!cause.includes("@")) assert.ok(!all.includes(cause), `${cause} in ${all}`);
      assert.match(headers.ce_commit ?? "", /^\d+-\d+$/);
      if (headers.ce_cause !== undefined) told.add(headers.ce_cause);
    }
    for (const each of told) assert.match(each, /^(k1\.|\/)/);
  } finally {
    await world.stop();
  }
});

test("a request that is repeated with its key after its service was restored is not carried out again", async () => {
  const world = await served(example);
  try {
    const system = await world.as("system");
    const { database } = world.of();
    const { body } = await system.call("CreateCategory", { name: "zero", locale: "{}" });
    await eventually("it is published", () => database.due.publish.length === 0);
    const backup = backUp(database);
    const create = () => system.call("CreateCategory", { name: "a", locale: "{}" }, { "idempotency-key": "key-1" });
    const rename = () => system.call("ModifyCategory", { category_id: body.category_id, name: "b" }, { "idempotency-key": "key-2" });
    const [created, renamed] = [await create(), await rename()];
    assert.deepEqual([created.status, renamed.status], [200, 200]);
    await eventually("both are published", () => database.due.publish.length === 0);
    await world.of().stop();
    putBack(database, backup);
    await world.start({ service: example }, 2);
    const commits = database.commits.size;
    const again = await rename();
    assert.deepEqual([again.status, again.body], [200, renamed.body]);
    assert.equal(again.headers.get("pitrix-position"), renamed.headers.get("pitrix-position"));
    // A row that prepares something kept its answer in the lost store alone.
    const lost = await create();
    assert.deepEqual([lost.status, lost.body], [200, {}]);
    assert.equal(lost.headers.get("pitrix-position"), created.headers.get("pitrix-position"));
    assert.equal(database.commits.size, commits);
    assert.equal((await system.call("CreateCategory", { name: "a", locale: "{}" })).status, 403);
    const [said] = world.lines.filter(({ msg }) => msg === "restored from the log what the store had lost");
    assert.deepEqual([said?.commits, said?.events], [2, 2]);
    assert.match(JSON.stringify(said?.lost), /were rejected.*not published.*blobs.*2 commands under an idempotency key/);
  } finally {
    await world.stop();
  }
});

test("a record that an operator knows to be forged is left out by its place, and that is recorded", async () => {
  const world = await served(example);
  try {
    const system = await world.as("system");
    for (const name of ["a", "b"]) assert.equal((await system.call("CreateCategory", { name, locale: "{}" })).status, 200);
    const { database } = world.of();
    await eventually("both are published", () => database.due.publish.length === 0);
    const [one, other] = [...world.broker.contents().values()].flat(2).filter(({ headers }) => headers.ce_row === "CreateCategory");
    assert.ok(one && other);
    await world.of().stop();
    const log = world.broker.connect();
    await log.publish([{ ...one, value: other.value }]);
    const forged = await world.start({ service: example }, 2).then(
      () => assert.fail("it starts"),
      (error: unknown) => (error instanceof CannotRestore ? (error.origin ?? "") : String(error)),
    );
    assert.match(forged, new RegExp(`^${one.topic}/\\d/\\d+$`));
    await world.start({ service: example, environment: { PITRIX_RESTORE_SKIP: forged } }, 3);
    assert.deepEqual(
      world.lines.filter(({ msg }) => msg === "records of the log were left out, as the settings say").map(({ skipped }) => skipped),
      [[forged]],
    );
    const topic = deadLetterTopic(contract, world.of().instance.service.name);
    const recorded = (world.broker.contents().get(topic) ?? []).flat().map(({ headers }) => headers);
    assert.deepEqual(
      recorded.map((headers) => [headers["pitrix-operator-action"], headers["pitrix-operator-record"]]),
      [["restore-skip", forged]],
    );
    // What is behind the watermark is not looked at again.
    await world.of().stop();
    await world.start({ service: example }, 4);
  } finally {
    await world.stop();
  }
});

test("a service answers 503 until its store has what the log has", async () => {
  const world = await served(example);
  const { closed, open } = gate();
  try {
    const port = await freePort();
    world.fate.before = async (call) => {
      if (call === "log.describe") await closed;
    };
    const starting = world.start({ service: example, environment: { PITRIX_PORT: String(port) } }, 2);
    const token = await world.token("system");
    const look = () => ask(`http://127.0.0.1:${port}/v1/categories`, { headers: { authorization: `Bearer ${token}` } });
    const early = await eventually("an answer", () => look().catch(() => undefined));
    assert.deepEqual([early.status, early.error], [503, "unavailable"]);
    assert.ok(early.headers.get("retry-after"));
    open();
    await starting;
    assert.equal((await look()).status, 200);
  } finally {
    open();
    await world.stop();
  }
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
