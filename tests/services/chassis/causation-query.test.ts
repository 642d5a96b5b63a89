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
  ...{ service, reactsTo: [], more: false, commits },
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
      return body === undefined ? parts[service] : (progress[service] ?? { service, reactions: [], parked: [] });
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
      cluster: { service: "cluster", reactions: [], parked: [parked] },
      runtime: {
        service: "runtime",
        reactions: [{ eventId: "cluster/cl-1@1", row: "ClusterRequested", commands: ["ReserveRuntime"] }],
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
