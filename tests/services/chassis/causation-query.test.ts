import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CausedReport,
  type CommitReport,
  type ProgressReport,
  queryCausation,
  type ServicesClient,
} from "../../../services/chassis/http/causation-query.ts";

const dev = { userId: "usr-dev", ownerPath: ":usr-dev" };
const commit = (stream: string, version: number, type: string, more: Partial<CommitReport> = {}): CommitReport => {
  const { actor = dev, owner = null, causationId = null, time = `2024-05-01T10:00:0${version}.000Z` } = more;
  const meta = { eventId: `${stream}@${version}`, stream, version, time, actor, correlationId: "r-1", causationId, actionId: "j-1" };
  return {
    ...{ stream, time, actor, owner, causationId, row: "CreateCluster", rejected: null, publish: false, effects: [], timers: [] },
    events: [{ meta, type, schemaId: 1, bytes: "AA==" }],
    ...more,
  };
};
const part = (service: string, commits: readonly CommitReport[], more: Partial<CausedReport> = {}): CausedReport => ({
  ...{ service, reactsTo: [], reads: [], more: false, commits },
  ...more,
});

/** Services that tell what a test wants; those without a part do not answer. */
const platform = (
  parts: { readonly [service: string]: CausedReport | undefined },
  progress: { readonly [service: string]: ProgressReport } = {},
) => {
  const asked: { readonly service: string; readonly path: string; readonly body: object | undefined }[] = [];
  const client: ServicesClient = {
    services: async () => Object.keys(parts),
    request: async (service, path, body) => {
      asked.push({ service, path, body });
      return body === undefined ? parts[service] : (progress[service] ?? { service, reactions: [], readModels: [], parked: [] });
    },
  };
  const found = async (id = "r-1", sees: (owner: { readonly owner: string }) => boolean = () => true) => {
    const command = await queryCausation(client, id, sees);
    assert.ok(typeof command === "object", String(command));
    return command;
  };
  return { client, asked, found };
};

test("the parts of several services become one tree", async () => {
  const { found } = platform({
    cluster: part("cluster", [
      commit("cluster/cl-1", 1, "ClusterRequested"),
      commit("cluster/cl-1", 3, "ClusterDeploymentRequested", { causationId: "runtime/r-1@2", row: "RuntimeReserved" }),
    ]),
    runtime: part("runtime", [commit("runtime/r-1", 2, "RuntimeReserved", { causationId: "cluster/cl-1@1", row: "ClusterRequested" })]),
  });
  const command = await found();
  assert.deepEqual(
    [command.finished, command.event_count, command.took_milliseconds, command.began, command.service],
    [true, 3, 2_000, "2024-05-01T10:00:01.000Z", ["cluster", "runtime"]],
  );
  const [root] = command.root ?? [];
  assert.deepEqual(
    [root?.type, root?.because, root?.row, root?.event_id],
    ["ClusterRequested", "request", "CreateCluster", "cluster/cl-1@1"],
  );
  const [reserved] = root?.effect ?? [];
  assert.deepEqual([reserved?.type, reserved?.service, reserved?.because], ["RuntimeReserved", "runtime", "reaction"]);
  assert.deepEqual(
    reserved?.effect?.map(({ type, causation_id }) => [type, causation_id]),
    [["ClusterDeploymentRequested", "runtime/r-1@2"]],
  );
});

test("what is due is told: publications, effects, timers, reactions and parked streams", async () => {
  const at = Date.parse("2024-05-01T11:00:00Z");
  const due = commit("cluster/cl-1", 1, "ClusterRequested", { publish: true, effects: [1], timers: [{ version: 1, at }] });
  const about = { service: "cluster", event_id: "cluster/cl-1@1", stream: "cluster/cl-1", row: "ClusterRequested" };
  const parked = {
    subscription: "jobs",
    stream: "cluster/cl-1",
    eventId: "cluster/cl-1@1",
    row: "ClusterRequested",
    reason: "why",
    attempts: 2,
  };
  const { found } = platform(
    { cluster: part("cluster", [due]), runtime: part("runtime", [], { reactsTo: ["ClusterRequested"] }) },
    {
      cluster: { service: "cluster", reactions: [], readModels: [], parked: [parked] },
      runtime: {
        service: "runtime",
        reactions: [{ eventId: "cluster/cl-1@1", row: "ClusterRequested", commands: ["ReserveRuntime"] }],
        readModels: [],
        parked: [],
      },
    },
  );
  const command = await found();
  assert.equal(command.finished, false);
  assert.deepEqual(command.pending, [
    { kind: "publication", ...about },
    { kind: "effect", ...about },
    { kind: "timer", ...about, due_time: "2024-05-01T11:00:00.000Z" },
    { kind: "parked", ...about, subscription: "jobs", reason: "why", attempts: 2 },
    { kind: "reaction", ...about, service: "runtime", command: ["ReserveRuntime"] },
  ]);
});

test("a timer that is set does not keep a command from being finished", async () => {
  const { found } = platform({ account: part("account", [commit("user/u-1", 1, "X", { timers: [{ version: 1, at: 9 }] })]) });
  assert.equal((await found()).finished, true);
});

test("what an event changes in read models is told, with the events that they do not show yet; who folds it is told what it says", async () => {
  const touched = (eventId: string, shown: boolean) => ({ model: "clusters", eventId, documents: ["cl-1"], shown });
  const { asked, found } = platform(
    {
      cluster: part("cluster", [commit("cluster/cl-1", 1, "ClusterRequested"), commit("cluster/cl-1", 2, "ClusterStopped")], {
        reads: ["cluster/ClusterRequested", "other/ClusterStopped"],
      }),
    },
    {
      cluster: {
        service: "cluster",
        reactions: [],
        parked: [],
        readModels: [touched("cluster/cl-1@1", true), touched("cluster/cl-1@2", false)],
      },
    },
  );
  const command = await found();
  assert.deepEqual(command.read_model, [{ service: "cluster", model: "clusters", document: ["cl-1"], open: ["cluster/cl-1@2"] }]);
  assert.equal(command.finished, true, "read models follow by themselves");
  const { events } =
    asked.flatMap(({ body }) => (body ? [body as { readonly events: readonly { readonly bytes?: string }[] }] : []))[0] ?? assert.fail();
  assert.deepEqual(
    events.map(({ bytes }) => bytes),
    ["AA==", undefined],
  );
});

test("an event leads to its request, for those who see the event", async () => {
  const mine = commit("cluster/cl-1", 1, "ClusterRequested");
  const theirs = commit("cluster/cl-2", 2, "ClusterRequested", { actor: { userId: "usr-2", ownerPath: ":usr-2" } });
  const both = part("cluster", [mine, theirs]);
  const of = async (eventId: string, sees: (owner: { readonly owner: string }) => boolean) => {
    const byEvent: { readonly [id: string]: CausedReport } = {
      [mine.events[0]?.meta.eventId ?? ""]: part("cluster", [mine]),
      [theirs.events[0]?.meta.eventId ?? ""]: part("cluster", [theirs]),
    };
    const request: ServicesClient["request"] = async (_, path, body) => {
      const id = decodeURIComponent(path.split("/").at(-1) ?? "");
      return body
        ? { service: "cluster", reactions: [], readModels: [], parked: [] }
        : id === "r-1"
          ? both
          : (byEvent[id] ?? part("cluster", []));
    };
    return queryCausation({ services: async () => ["cluster"], request }, eventId, sees);
  };
  const found = await of("cluster/cl-1@1", () => true);
  assert.deepEqual(typeof found === "object" && [found.id, found.event_count], ["r-1", 2]);
  assert.equal(await of("cluster/cl-2@2", ({ owner }) => owner === "usr-dev"), "hidden");
  assert.equal(await of("cluster/cl-9@1", () => true), "unknown");
});

test("only who reacts to an event is told what it says", async () => {
  const { asked, found } = platform({
    cluster: part("cluster", [commit("cluster/cl-1", 1, "ClusterRequested")], { reactsTo: ["RuntimeReserved"] }),
    runtime: part("runtime", [], { reactsTo: ["ClusterRequested"] }),
  });
  await found();
  const told = asked.flatMap(({ service, body }) => (body ? [[service, JSON.stringify(body).includes("AA==")]] : []));
  assert.deepEqual(told, [
    ["cluster", false],
    ["runtime", true],
  ]);
});

test("a service that does not answer, or has more to tell, is named, and then nothing counts as finished", async () => {
  const one = commit("cluster/cl-1", 1, "ClusterRequested");
  const silent = await platform({ cluster: part("cluster", [one]), runtime: undefined }).found();
  assert.deepEqual([silent.finished, silent.unknown], [false, ["runtime"]]);
  const more = await platform({ cluster: part("cluster", [one], { more: true }) }).found();
  assert.deepEqual([more.finished, more.incomplete], [false, ["cluster"]]);
});

test("what others did under the same id stays hidden, and so does what comes of it", async () => {
  const mine = commit("cluster/cl-1", 1, "ClusterRequested");
  const theirs = commit("cluster/cl-2", 2, "ClusterRequested", { actor: { userId: "usr-2", ownerPath: ":usr-2" }, publish: true });
  const { client, found } = platform({ cluster: part("cluster", [mine, theirs]) });
  const command = await found("r-1", ({ owner }) => owner === "usr-dev");
  assert.deepEqual([command.root?.map(({ event_id }) => event_id), command.pending], [["cluster/cl-1@1"], []]);
  assert.equal(await queryCausation(client, "r-1", () => false), "hidden");
});

test("a commit is of its stream's owner; without one it is of whom the commit is that it goes back to", async () => {
  const theirs = { owner: { owner: "usr-2", owner_group: "grp-2" } };
  const stopped = commit("cluster/cl-1", 2, "ClusterStopRequested", theirs);
  const work = commit("localDeployment/cl-1", 1, "DeploymentStarted", { causationId: "cluster/cl-1@2" });
  const done = commit("localDeployment/cl-1", 2, "DeploymentSucceeded", { causationId: "localDeployment/cl-1@1" });
  const { client, found } = platform({ cluster: part("cluster", [stopped]), provider: part("provider", [work, done]) });
  assert.equal((await found("r-1", ({ owner }) => owner === "usr-2")).event_count, 3);
  assert.equal(await queryCausation(client, "r-1", ({ owner }) => owner === "usr-dev"), "hidden");
});

test("a no is told, also one that is all that came of a request", async () => {
  const no = commit("cluster/cl-1", 0, "", { events: [], rejected: "not now", row: "StopClusters", time: "2024-05-01T10:00:00.000Z" });
  const command = await platform({ cluster: part("cluster", [no]) }).found();
  assert.deepEqual(command.refusal, [
    { service: "cluster", stream: "cluster/cl-1", row: "StopClusters", time: "2024-05-01T10:00:00.000Z", reason: "not now" },
  ]);
  assert.deepEqual([command.event_count, command.finished], [0, true]);
});

test("an id that nobody knows is unknown", async () => {
  assert.equal(await queryCausation(platform({ cluster: part("cluster", []) }).client, "r-0", () => true), "unknown");
});
