import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../events/codec/codec.ts";
import { recordsOf } from "../../events/log/record.ts";
import { type MemoryDatabase, memoryDatabase } from "../../events/memory/database.ts";
import { kind } from "../../events/memory/fate.ts";
import { memoryStore } from "../../events/memory/store.ts";
import type { Message } from "../../events/message.ts";
import type { Commit, LogRecord, StoredDocument } from "../../events/ports.ts";
import { executor } from "../../events/store/execute.ts";
import { collections } from "../../events/subscription/collections.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../../services/chassis/contract.ts";
import { cluster } from "../../services/cluster/service.ts";
import { runtime } from "../../services/runtime/service.ts";
import { sealedText } from "../sealed.ts";
import { provider } from "../world/toys/provider.ts";
import { causeOf } from "./check-commands.ts";
import { judge } from "./checker.ts";
import { type Column, type Traces, tally } from "./findings.ts";
import type { Line } from "./history.ts";
import type { Call } from "./ledger.ts";
import { factsOnLog, rebuild } from "./models.ts";

const released = codec(schemas);
const services = [runtime, cluster, provider()];
const START = Date.parse("2026-01-01T00:00:00.000Z");
const actor = { userId: "system", ownerPath: ":system" };

/** What may be wrong with a run, as it can be changed. */
type World = {
  history: Line[];
  records: LogRecord[];
  databases: Map<string, MemoryDatabase>;
  calls: Call[];
};

/** Three commands, of which one has a reaction, and a task that was called out: all as it must be. */
const goodRun = async (): Promise<World> => {
  const database = memoryDatabase();
  let now = START;
  const clock = { now: () => now, sleep: async () => {}, random: () => 0 };
  const commits: Commit[] = [];
  const { execute } = executor(
    runtime,
    { store: memoryStore(database, kind, clock.now), clock },
    released,
    (commit) => void commits.push(commit),
  );
  const history: Line[] = [];
  const because = { row: "test", actor, correlationId: "c", causationId: null, actionId: null, traceparent: null, hops: 0 };
  const ask = async (operation: string, key: string, command: Message): Promise<void> => {
    const number = history.length + 1;
    history.push({ time: now, process: 0, type: "invoke", number, operation, key, principal: "system" });
    now += 10;
    const { stream, version } = await execute(command, { ...because, cause: causeOf("system", operation, key) });
    now += 10;
    history.push({ time: now, process: 0, type: "ok", number, status: 200, position: `${stream}@${version}`, body: `{"of":"${key}"}` });
    now += 10;
  };
  const described = { description: "", provider: "local", debug: false, owner: "system", ownerPath: ":system" };
  const runtimeCredentialId = "rc-1";
  await ask("CreateRuntimeCredential", "k1", {
    ...{ type: "CreateRuntimeCredential", runtimeCredentialId, name: "first", runtimeUrl: "", sealedContent: sealedText("sealed") },
    ...described,
  } as Message);
  const renamed = {
    type: "ModifyRuntimeCredential",
    runtimeCredentialId,
    name: "second",
    description: undefined,
    sealedContent: undefined,
  };
  await ask("ModifyRuntimeCredential", "k2", renamed);
  await ask("CreateRuntime", "k3", {
    ...{ type: "CreateRuntime", runtimeId: "rt-1", name: "r", zone: "local", runtimeCredentialId },
    ...described,
  } as Message);
  const used = { type: "UseRuntimeCredential", runtimeCredentialId, runtimeId: "rt-1" };
  const cause = "runtime/rt-1@1/RuntimeCreated/runtimeCredential/rc-1/UseRuntimeCredential";
  await execute(used, { ...because, cause, row: "RuntimeCreated", causationId: "runtime/rt-1@1", hops: 1 });
  const task = { type: "TaskSucceeded", clusterId: "cl-1", jobId: "j-1", taskId: "t-1" };
  const bare = { cause: null, rejection: null, claims: [], publish: false, effects: [], timers: [] };
  const metadata = { ...because, time: new Date(now).toISOString(), fingerprint: null };
  commits.push({ stream: "localDeployment/cl-1", version: 1, events: [released.encode("localDeployment", task)], ...bare, metadata });
  const records = commits
    .flatMap((commit) => recordsOf(contract, "test", commit))
    .map((record, offset): LogRecord => ({ ...record, partition: 0, offset }));
  for (const [id, commit] of database.commits) database.commits.set(id, { ...commit, publish: false, effects: [] });
  database.due.publish.length = 0;
  database.due.effects.length = 0;
  const databases = new Map(services.map(({ name }) => [name, name === "runtime" ? database : memoryDatabase()]));
  const facts = factsOnLog(contentsOf(records));
  for (const { name, projections = [] } of services)
    for (const projection of projections)
      databases.get(name)?.models.set(collections(projections).of(projection.name), new Map(rebuild(projection, facts)));
  return {
    history,
    records,
    databases,
    calls: [{ key: "t-1", node: "n-1", action: "RunInstances", incarnation: `7-${START - 5_000}`, time: now }],
  };
};

const contentsOf = (records: readonly LogRecord[]) => {
  const contents = new Map<string, LogRecord[][]>();
  for (const record of records) {
    const [partition] = contents.get(record.topic) ?? [[]];
    partition?.push(record);
    contents.set(record.topic, [partition ?? []]);
  }
  return contents;
};
const tracesOf = ({ history, records, databases, calls }: World): Traces => ({
  services,
  history,
  contents: contentsOf(records),
  databases,
  calls,
});

const database = ({ databases }: World): MemoryDatabase => databases.get("runtime") ?? memoryDatabase();
const models = collections(runtime.projections);
const credentials = (world: World): Map<string, StoredDocument> => database(world).models.get(models.of("runtimeCredentials")) ?? new Map();
const credential = (world: World): StoredDocument => credentials(world).get("rc-1") ?? assert.fail("there is no credential");
const idOf = (world: World, stream: string, version: number): string =>
  [...database(world).commits].find(([, commit]) => commit.stream === stream && commit.version === version)?.[0] ??
  assert.fail(`no ${stream}@${version}`);
const change = (world: World, stream: string, version: number, to: Partial<Commit>): void => {
  const id = idOf(world, stream, version);
  const commit = database(world).commits.get(id);
  if (commit) database(world).commits.set(id, { ...commit, ...to });
};
const forget = (world: World, stream: string, version: number): void => {
  const id = idOf(world, stream, version);
  const { commits, causes } = database(world);
  const cause = commits.get(id)?.cause;
  commits.delete(id);
  if (cause) causes.delete(cause);
};
const answer = (world: World, number: number, to: object): void => {
  const at = world.history.findIndex((line) => line.type === "ok" && line.number === number);
  world.history[at] = { ...world.history[at], ...to } as Line; // A planted line may be anything.
};
const RC = "runtimeCredential/rc-1";
const RT = "runtime/rt-1";

const planted: readonly (readonly [what: string, column: Column, plant: (world: World) => void])[] = [
  ["an acknowledged command left nothing in the store", "lost", (world) => forget(world, RT, 1)],
  [
    "a commit never reached the log",
    "lost",
    (world) =>
      world.records.splice(
        world.records.findIndex(({ key }) => key === RT),
        1,
      ),
  ],
  [
    "the last commit of a stream never reached the log",
    "lost",
    (world) =>
      world.records.splice(
        world.records.findLastIndex(({ key }) => key === RC),
        1,
      ),
  ],
  ["an answer names another position than was committed", "lost", (world) => answer(world, 3, { position: `${RC}@7` })],
  ["a refused command was answered as done", "lost", (world) => change(world, RC, 2, { rejection: { rejected: "no" }, events: [] })],
  ["a reaction was not done", "lost", (world) => forget(world, RC, 3)],
  ["a task is said to be done and nobody did it", "lost", (world) => world.calls.splice(0)],
  [
    "one key was decided twice",
    "duplicated",
    (world) => {
      const commit = database(world).commits.get(idOf(world, RC, 2));
      if (commit) database(world).commits.set("another", { ...commit, version: 4 });
    },
  ],
  [
    "one key was answered in two ways",
    "duplicated",
    (world) => {
      const line = world.history.find((each) => each.type === "ok" && each.number === 3);
      if (line?.type === "ok") world.history.push({ ...line, body: "{}" });
    },
  ],
  [
    "an event id stands on the log in two forms",
    "duplicated",
    (world) => {
      const record = world.records.find(({ key }) => key === RC);
      if (record) world.records.push({ ...record, headers: { ...record.headers, ce_time: "2027-01-01T00:00:00.000Z" }, offset: 99 });
    },
  ],
  [
    "a task was called out again when it was over",
    "duplicated",
    (world) =>
      world.calls.push({ key: "t-1", node: "n-1", action: "RunInstances", incarnation: `8-${START + 60_000}`, time: START + 61_000 }),
  ],
  [
    "a node was made twice",
    "duplicated",
    (world) => world.calls.push({ key: "t-2", node: "n-1", action: "RunInstances", incarnation: `7-${START - 5_000}`, time: START }),
  ],
  [
    "a task succeeded twice",
    "duplicated",
    (world) => {
      const record = world.records.find(({ key }) => key === "localDeployment/cl-1");
      if (record)
        world.records.push({ ...record, headers: { ...record.headers, ce_id: "localDeployment/cl-1@2", ce_sequence: "000000000002" } });
    },
  ],
  ["a read model lacks a document", "divergent", (world) => credentials(world).delete("rc-1")],
  ["a document has an older version", "divergent", (world) => credentials(world).set("rc-1", { ...credential(world), version: 1 })],
  [
    "a document has another field",
    "divergent",
    (world) => credentials(world).set("rc-1", { ...credential(world), value: { ...credential(world).value, name: "first" } }),
  ],
  [
    "a document lacks a field",
    "divergent",
    (world) => {
      const { name: _, ...value } = credential(world).value;
      credentials(world).set("rc-1", { ...credential(world), value });
    },
  ],
  [
    "a document is a tombstone that should live",
    "divergent",
    (world) => credentials(world).set("rc-1", { ...credential(world), deleted: true }),
  ],
  [
    "a document belongs to another stream",
    "divergent",
    (world) => credentials(world).set("rc-1", { ...credential(world), stream: "runtimeCredential/rc-2" }),
  ],
  [
    "a read model has a document that nothing made",
    "divergent",
    (world) => credentials(world).set("rc-9", { ...credential(world), id: "rc-9" }),
  ],
  [
    "a reader saw an older name than was acknowledged",
    "divergent",
    (world) => world.history.push({ time: START, process: 0, type: "read", about: "rc-1", wanted: "second", found: "first" }),
  ],
  [
    "something is parked",
    "divergent",
    (world) => {
      const record = world.records[0] ?? assert.fail();
      const poison = {
        subscription: models.of("runtimes"),
        record,
        eventId: `${RC}@1`,
        stream: RC,
        version: 1,
        row: "RuntimeCreated",
        reason: "bug",
        time: "",
      };
      database(world).parked.set("one", { ...poison, attempts: 1, unknownSchema: false, asked: null });
    },
  ],
  [
    "two events of a stream changed places on the log",
    "disordered",
    (world) => {
      const [a, b] = [
        world.records.findIndex(({ headers }) => headers.ce_id === `${RC}@1`),
        world.records.findIndex(({ headers }) => headers.ce_id === `${RC}@2`),
      ];
      const [first, second] = [world.records[a], world.records[b]];
      if (first && second) Object.assign(world.records, { [a]: second, [b]: first });
    },
  ],
  ["a stream has a gap", "disordered", (world) => change(world, RC, 3, { version: 4 })],
  [
    "a command stands before one that was answered when it was asked",
    "disordered",
    (world) => {
      const [one, two] = [database(world).commits.get(idOf(world, RC, 1)), database(world).commits.get(idOf(world, RC, 2))];
      change(world, RC, 1, { cause: two?.cause ?? null });
      change(world, RC, 2, { cause: one?.cause ?? null });
      answer(world, 1, { position: `${RC}@2` });
      answer(world, 3, { position: `${RC}@1` });
    },
  ],
  [
    "an outage was told as a bug",
    "refused wrongly",
    (world) => world.history.push({ time: START, process: 0, type: "info", number: 1, status: 500, retryAfter: false, text: "" }),
  ],
  [
    "an outage was told without when to come again",
    "refused wrongly",
    (world) => world.history.push({ time: START, process: 0, type: "info", number: 1, status: 503, retryAfter: false, text: "" }),
  ],
  ["what was acknowledged was said not to exist", "refused wrongly", (world) => answer(world, 3, { type: "fail", status: 404 })],
  ["a command was never answered", "unfinished", (world) => world.history.push({ time: START, process: 0, type: "gave up", number: 1 })],
  ["a mark is left: not published", "unfinished", (world) => database(world).due.publish.push(idOf(world, RC, 1))],
  ["a mark is left: an effect not run", "unfinished", (world) => database(world).due.effects.push(idOf(world, RC, 1))],
  [
    "a cluster is in the middle of something",
    "unfinished",
    (world) => {
      planMiddle(world.databases.get("cluster") ?? assert.fail());
    },
  ],
];

/** A cluster that was requested, and of which nothing was heard since. */
const planMiddle = (cluster: MemoryDatabase): void => {
  const deployment = {
    ...{ provider: "local", runtimeId: "rt-1", zone: "local", runtimeCredentialId: "rc-1", name: "", appId: "a", versionId: "v" },
    ...{
      versionType: "vmbased",
      packageDigest: "",
      packageOwner: "repo",
      configuration: "{}",
      secrets: [],
      env: {},
      roles: [],
      nodes: [],
      endpoints: [],
    },
  };
  const event = {
    type: "ClusterRequested",
    clusterId: "cl-1",
    jobId: "j-1",
    name: "",
    description: "",
    deployment,
    debug: false,
    owner: "system",
    ownerPath: ":system",
  };
  const because = { row: "test", actor, correlationId: "c", causationId: null, actionId: null, traceparent: null, hops: 0 };
  cluster.commits.set("cluster/cl-1@000000000001", {
    ...{ stream: "cluster/cl-1", version: 1, events: [released.encode("cluster", event)], cause: null, rejection: null, claims: [] },
    ...{ publish: false, effects: [], timers: [], metadata: { ...because, time: new Date(START).toISOString(), fingerprint: null } },
  });
};

test("a run in which all is as it must be has no finding", async () => {
  assert.deepEqual(judge(tracesOf(await goodRun())), []);
});

for (const [what, column, plant] of planted)
  test(`it is found that ${what}`, async () => {
    const world = await goodRun();
    plant(world);
    const findings = judge(tracesOf(world));
    assert.ok(tally(findings)[column] > 0, `${column} expected, found ${JSON.stringify(findings.map((each) => [each.column, each.rule]))}`);
  });

test("the same traces have the same verdict", async () => {
  const [one, other] = [await goodRun(), await goodRun()];
  for (const world of [one, other]) credentials(world).delete("rc-1");
  assert.deepEqual(judge(tracesOf(one)), judge(tracesOf(other)));
});
