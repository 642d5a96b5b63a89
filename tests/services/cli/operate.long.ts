import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import avro from "avsc";
import { Kafka, logLevel } from "kafkajs";
import { MongoClient } from "mongodb";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { settingsOf } from "../../../infra/embedded/kafka/connection.ts";
import { startEmbedded } from "../../../infra/embedded/platform.ts";
import { CommandFailed } from "../../../services/chassis/operator/failure.ts";
import { readRecords } from "../../../services/chassis/operator/reading.ts";
import { program } from "../../../services/cli/program.ts";
import { eventually } from "../../eventually.ts";
import { everythingIn, leaksIn } from "../../everything.ts";
import { temporaryDirectory } from "../../infra/embedded/temporary-directory.ts";
import { python } from "../../third-party/installed.ts";
import { platformKey } from "../../world/process.ts";
import { endingWithProcess, processFixture } from "../../world/servers.ts";
import { recording } from "./terminal.ts";

const main = fileURLToPath(new URL("../../../services/main.js", import.meta.url));
const email = "admin@example.org";
const password = "correct horse";

/** A Kafka and a store of this test's own: it empties both. */
const servers = async (t: TestContext) => {
  const { kafka, store, stop } = await startEmbedded({ directory: temporaryDirectory(), background: true });
  endingWithProcess(kafka);
  const admin = new Kafka({ ...kafka.connection, logLevel: logLevel.NOTHING }).admin();
  const mongo = new MongoClient(store.url);
  t.after(() => Promise.all([admin.disconnect(), mongo.close()]));
  await admin.connect();
  const topics = async () => (await admin.listTopics()).filter((name) => name.startsWith("pitrix."));
  const empty = async (): Promise<void> => {
    const found = await topics();
    if (found.length > 0) await admin.deleteTopics({ topics: found });
    await eventually("no topic is left", async () => (await topics()).length === 0);
    for (const { name } of (await mongo.db("admin").admin().listDatabases()).databases)
      if (name.startsWith("pitrix_")) await mongo.db(name).dropDatabase();
  };
  await empty();
  const keys = platformKey();
  const settings = { ...settingsOf(kafka.connection), MONGODB_URL: store.url, PITRIX_SEALING_KEYS: keys };
  const { start, logs } = processFixture(temporaryDirectory(), ["account"]);
  const environment = { ...settings, PITRIX_BOOTSTRAP_CLIENT: "client:client secret", PITRIX_BOOTSTRAP_ADMIN: `${email}:${password}` };
  const running: { readonly kill: () => Promise<void> }[] = [];
  t.after(() => Promise.all(running.map(({ kill }) => kill())));
  t.after(stop);
  return {
    empty,
    lose: async (topic: string): Promise<void> => {
      await admin.deleteTopics({ topics: [topic] });
      await eventually("it is gone", async () => !(await topics()).includes(topic));
    },
    settings,
    /** All that the platform holds, as text. */
    held: async () => {
      const log = kafkaLog({ ...kafka.connection, clientId: "search" });
      const records: string[] = [];
      await readRecords(log, { topics: await topics() }, new AbortController().signal, ({ key, value, headers }) => {
        records.push(key, Buffer.from(value ?? []).toString("latin1"), JSON.stringify(headers));
      });
      await log.close();
      const ours = mongo.db("pitrix_account");
      const collections = (await ours.listCollections().toArray()).map(
        async ({ name }) => [name, everythingIn(await ours.collection(name).find({}, { promoteBuffers: true }).toArray())] as const,
      );
      return {
        ...Object.fromEntries(await Promise.all(collections)),
        "the topics": records.join("\n"),
        "the logs": textsBelow(logs),
      } as { readonly [where: string]: string };
    },
    documents: async (collection: string) =>
      (await mongo.db("pitrix_account").collection(collection).find().sort({ _id: 1 }).toArray()) as object[],
    start: async () => {
      const service = await start({ name: "account", program: main, environment });
      running.push(service);
      return service;
    },
  };
};

const textsBelow = (directory: string): string =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "latin1"))
    .join("\n");

/** What is in the containers of an export, which are compressed. */
const unpackedBelow = async (directory: string): Promise<string> => {
  const texts: string[] = [];
  for (const file of readdirSync(directory, { recursive: true, encoding: "utf8" }))
    if (file.endsWith(".avro")) for await (const record of avro.createFileDecoder(join(directory, file))) texts.push(everythingIn(record));
  return texts.join("\n");
};

const token = async (url: string): Promise<string> => {
  const body = { grant_type: "password", client_id: "client", client_secret: "client secret", username: email, password };
  const answer = await fetch(`${url}/v1/oauth2/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const given: unknown = await answer.json();
  return String(Reflect.get(Object(given), "access_token") ?? "");
};

test("an operator looks at a platform, stops it, moves it to an empty Kafka and an empty store, and finds it equal there", async (t) => {
  const { empty, lose, settings, documents, held, start } = await servers(t);
  const pitrix = async (...args: readonly string[]) => {
    const { terminal, text, code } = recording();
    await program(terminal, settings, new AbortController().signal).parseAsync([...args], { from: "user" });
    return { text: text(), code: code() };
  };
  const json = async (...args: readonly string[]) => JSON.parse((await pitrix(...args, "--json")).text.trim().split("\n").at(-1) ?? "");

  const first = await start();
  const access = await eventually("a token", () => token(first.url));
  const ask = (method: string, fields?: object) =>
    fetch(`${first.url}/v1/users`, {
      method,
      headers: { authorization: `Bearer ${access}`, "content-type": "application/json", "x-request-id": "make-a-user" },
      ...(fields && { body: JSON.stringify(fields) }),
    });
  const known = { email: "planted-mail@example.org", phone_number: "planted-phone", description: "planted-words" };
  const planted = ["planted-mail", "planted-phone", "planted-words"];
  const made = await ask("POST", { ...known, password: "correct battery", role_id: "user" });
  const userId = String(Reflect.get(Object(await made.json()), "user_id"));
  assert.equal(made.status, 200);
  const stream = `user/${userId}`;

  await eventually("all is well", async () => (await pitrix("status")).code === 0);
  const { topics } = await json("topics");
  const users = topics.find(({ topic }: { topic: string }) => topic === "pitrix.user");
  assert.ok(users.records > 1 && users.partitions > 0 && users.removed === 0);
  const why = await pitrix("why", `${stream}@1`);
  assert.match(why.text, new RegExp(`^UserCreated \\(${stream}@1\\) ← CreateUser by `, "m"));
  assert.match(why.text, new RegExp(`^shown +account {2}users: ${userId}$`, "m"));
  const at = await json("at", `${stream}@1`, `account/users/${userId}`);
  assert.equal(at.event_id, `${stream}@1`);
  const shown = await pitrix("events", "tail", "--id", userId, "--since", "1h", "--last", "1");
  assert.match(shown.text, new RegExp(`${stream}@\\d+`));
  assert.match((await pitrix("events", "show", `${stream}@1`)).text, /ce_correlationid +make-a-user/);
  const live = await json("map", "--live");
  assert.deepEqual(
    live.rows.filter(({ declared }: { declared: boolean }) => !declared),
    [],
  );
  const before = await json("audit");
  assert.deepEqual([before.findings, before.read_models.findings], [[], []]);

  // A person is deleted while a shadow of the read model is there.
  assert.equal((await pitrix("replay", "run", "account/users", "--yes")).code, 0);
  assert.match(await (await ask("GET")).text(), /planted-mail@example\.org.*planted-phone|planted-words/);
  const collectionsOfUsers = Object.keys(await held()).filter((name) => name.startsWith("users"));
  assert.ok(collectionsOfUsers.length > 1, `there is a shadow beside ${collectionsOfUsers}`);
  assert.equal((await ask("DELETE", { user_id: [userId] })).status, 200);
  const deleted = await eventually("the key is destroyed", async () => {
    const { findings, read_models } = await json("audit");
    const bytes = await held();
    return bytes.commits?.includes(`${stream}@2/`) ? { findings, read_models, bytes } : undefined;
  });
  assert.deepEqual([deleted.findings, deleted.read_models.findings], [[], []], "a fold makes the same as before");
  assert.deepEqual(leaksIn({ ...deleted.bytes, answers: await (await ask("GET")).text() }, planted), []);
  for (const where of ["the topics", "commits", ...collectionsOfUsers])
    assert.ok(deleted.bytes[where]?.includes(userId), `the search finds what is in ${where}`);
  assert.equal((await pitrix("replay", "abort", "account/users", "--yes")).code, 0);

  const moved = join(mkdtempSync(join(tmpdir(), "pitrix-move-")), "moved");
  await assert.rejects(
    pitrix("platform", "export", "--out", moved),
    (error) => error instanceof CommandFailed && /still run/.test(error.message),
  );

  await first.stop();
  const stored = { commits: await documents("commits"), positions: await documents("positions"), pointers: await documents("pointers") };
  const exported = await json("platform", "export", "--out", moved);
  assert.ok(exported.stores.find(({ service }: { service: string }) => service === "account").documents > 10);
  const files = textsBelow(moved) + (await unpackedBelow(moved));
  assert.deepEqual(leaksIn({ files }, planted), []);
  assert.ok(files.includes(stream), "the search finds what is in the files");
  const refused = await pitrix("platform", "import", moved, "--reason", "to move", "--yes");
  assert.equal(refused.code, 1);
  assert.match(refused.text, /refused {2}the store of account has \d+ documents already/);

  await empty();
  assert.equal((await pitrix("platform", "import", moved, "--reason", "to move", "--yes")).code, 0);
  for (const [collection, found] of Object.entries(stored)) assert.deepEqual(await documents(collection), found, collection);
  const second = await start();
  const after = await eventually("all is well again", async () => ((await pitrix("status")).code === 0 ? json("audit") : undefined));
  assert.deepEqual([after.findings, after.read_models.findings], [[], []]);
  assert.ok(after.records >= before.records && after.streams === before.streams);
  // Its keys have come along: the token is signed with a sealed key.
  assert.notEqual(await token(second.url), "");

  await second.stop();
  await lose("pitrix.user");
  const prepared = await json("events", "republish", "pitrix.user", "--reason", "it was lost", "--yes");
  assert.ok(prepared.commits > 1 && prepared.positions > 0 && prepared.owner === "account");
  const third = await start();
  const whole = await eventually("everything is published again", async () => {
    if ((await pitrix("status")).code !== 0) return undefined;
    const audit = await json("audit");
    return audit.records >= after.records ? audit : undefined;
  });
  assert.deepEqual([whole.findings, whole.read_models.findings], [[], []]);
  await third.stop();

  const { directory, environment } = await python();
  const read =
    "import fastavro, sys\nfor r in fastavro.reader(open(sys.argv[1], 'rb')): print(r['key'], r['event']['userId'] if r['event'] else None)";
  const lines = execFileSync("python3", ["-c", read, join(moved, "pitrix.user.avro")], {
    cwd: directory,
    env: { PATH: process.env.PATH ?? "", ...environment },
    encoding: "utf8",
  });
  assert.match(lines, new RegExp(`^${stream} ${userId}$`, "m"));
});
