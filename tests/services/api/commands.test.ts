import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import { api } from "../../../services/api/service.ts";
import { withAccess } from "../../../services/chassis/access/access.ts";
import type { Directory } from "../../../services/chassis/process/discovery.ts";
import { type Serving, serve } from "../../../services/chassis/serve.ts";
import type { Service } from "../../../services/chassis/service.ts";
import { CommandFailed } from "../../../services/cli/failure.ts";
import { program } from "../../../services/cli/program.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { deployment } from "../../../services/providers/deployment/domain.ts";
import { effectsOf, type TaskTable } from "../../../services/providers/deployment/effects.ts";
import { reactionsOf } from "../../../services/providers/deployment/reactions.ts";
import { plan } from "../../../services/providers/local/plan.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { root } from "../../choreography/root.ts";
import { eventually } from "../../eventually.ts";
import { ownTools, served, type World } from "../chassis/world.ts";
import { recording } from "../cli/terminal.ts";

const usr = { userId: "usr-dev", ownerPath: ":grp-1:usr-dev" };
let world: World;
const urls = new Map<string, string>();
const serving: Serving[] = [];
let url = "";
let letGo = (): void => {};
const held = new Promise<void>((resolve) => {
  letGo = resolve;
});

/** A provider whose tasks wait until they are let go. */
const provider = (): Service => {
  const run: TaskTable<unknown>[string] = async ({ nodeId, action }, { clusterId, jobId, report }) => {
    await held;
    const place = { nodeId, instanceId: `i-${nodeId}`, privateIp: "127.0.1.1" };
    if (action === "RunInstances") await report({ type: "ProvisionNode", clusterId, jobId, ...place });
  };
  const tasks = Object.fromEntries(
    Object.values(plan)
      .flat()
      .map(({ task }) => [task, run]),
  );
  return {
    name: "provider-local",
    aggregates: { localDeployment: { decider: deployment(plan), effects: effectsOf(tasks) } },
    reactions: reactionsOf("local"),
  };
};

const directory: Directory = {
  instancesOf: (name) => {
    const found = urls.get(name);
    return found === undefined ? [] : [{ service: name, url: found, instance: found, since: "" }];
  },
  services: () => [...urls.keys()],
  stop: async () => {},
};

before(async () => {
  world = await served(runtime);
  urls.set("runtime", world.serving.url);
  for (const each of [cluster, provider()]) {
    const database = memoryDatabase();
    const documents = memoryDocuments(database, kind);
    const { clock, log } = world.ports;
    const ports = { store: memoryStore(database, kind, clock.now), documents, parking: memoryParking(database, kind), log, clock };
    const tools = { ...world.tools, ...ownTools(each, documents) };
    const options = { id: each.name, port: 0, address: "127.0.0.1", ports, sealing: world.sealed, wait: 300 };
    const one = await serve(withAccess(each), tools, options);
    serving.push(one);
    urls.set(each.name, one.url);
  }
  const tools = { ...world.tools, ...ownTools(api, world.ports.documents), directory };
  const options = { id: "front", port: 0, address: "127.0.0.1", ports: world.ports, sealing: world.sealed, wait: 300 };
  const front = await serve(withAccess(api), tools, options);
  serving.push(front);
  url = front.url;
  await world.know("user/usr-dev", { kind: "user", roleIds: ["developer"], groupPath: ":grp-1" });
  await world.know("user/usr-isv", { kind: "user", roleIds: ["isv"], groupPath: ":grp-1" });
  await world.know("user/usr-other", { kind: "user", roleIds: ["developer"], groupPath: ":grp-2" });

  const because = { cause: null, row: "CreateCluster", actor: usr, causationId: null, traceparent: null, hops: 0 };
  const owner = { owner: usr.userId, ownerPath: usr.ownerPath };
  const named = { name: "here", description: "", provider: "local", debug: false, runtimeCredentialId: "runtimec-1", ...owner };
  const before = { ...because, correlationId: "r-0", actionId: null };
  const runtimes = world.serving.instance;
  await runtimes.execute({ type: "CreateRuntimeCredential", runtimeUrl: "", sealedContent: "x", ...named } as never, before);
  await runtimes.execute({ type: "CreateRuntime", runtimeId: "runtime-1", zone: "local", ...named } as never, before);
  const file = (name: string) => readFile(`${root}/infra/demo/bookinfo/devkit/${name}`, "utf8");
  const version = {
    ...{ appId: "app-1", versionId: "appv-1", versionType: "vmbased", packageDigest: "sha256:1", packageOwner: "repo" },
    ...{ configJson: await file("config.json"), template: await file("cluster.json.tmpl") },
  };
  const place = { provider: "local", runtimeId: "runtime-1", zone: "local", runtimeCredentialId: "runtimec-1" };
  const asked = { clusterId: "cl-1", jobId: "j-1", name: undefined, version, place, configuration: "{}", debug: false, ...owner };
  await serving[0]?.instance.execute({ type: "RequestCluster", ...asked } as never, { ...because, correlationId: "r-1", actionId: "j-1" });
});
after(async () => {
  letGo();
  for (const one of serving.toReversed()) await one.stop();
  await world.stop();
});

const get = async (path: string, userId = "usr-dev") => {
  const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${await world.token(userId)}` } });
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field.
  const body: any = await response.json();
  return { status: response.status, body, error: body.details?.[0]?.error_name };
};
type Event = { readonly type: string; readonly effect?: readonly Event[] };
const typesIn = ({ type, effect = [] }: Event): readonly string[] => [type, ...effect.flatMap(typesIn)];

const pitrix = async (...args: readonly string[]) => {
  const { terminal, text } = recording();
  const [key] = world.tools.config.sealingKeys;
  const environment = {
    PITRIX_SERVICES: [...urls].map(([name, at]) => `${name}=${at}`).join(","),
    PITRIX_SEALING_KEYS: `${key?.id}:${Buffer.from(key?.key ?? []).toString("base64")}`,
  };
  await program(terminal, environment, new AbortController().signal).parseAsync(args, { from: "user" });
  return text();
};

test("while a job runs its command shows what happened and what is due; when it is done, the whole tree", async () => {
  const due = ({ body }: Awaited<ReturnType<typeof get>>) =>
    body.pending?.some(({ kind, service: at }: Record<string, string>) => kind === "effect" && at === "provider-local");
  await eventually("the provider's effect is due", async () => due(await get("/v1/commands/j-1")));
  const running = (await get("/v1/commands/j-1")).body;
  assert.equal(running.finished, false);
  assert.deepEqual(running.unknown, ["account", "app", "repo"]);
  const [first] = running.root;
  assert.deepEqual([first.type, first.because, first.row], ["ClusterRequested", "request", "CreateCluster"]);
  assert.match(
    await pitrix("command", "j-1"),
    /effect due +provider-local {2}localDeployment\/cl-1@1 {2}DeploymentStarted\nNot everything/,
  );

  letGo();
  await eventually("nothing is left", async () => (await get("/v1/commands/j-1")).body.pending === undefined);
  const { body } = await get("/v1/commands/r-1");
  const types = body.root.flatMap(typesIn);
  for (const type of ["ClusterRequested", "RuntimeReserved", "ClusterDeploymentRequested", "DeploymentSucceeded", "ClusterActivated"])
    assert.equal(types.filter((each: string) => each === type).length, 1, type);
  assert.equal(body.event_count, types.length);
  assert.deepEqual(body.service, ["cluster", "runtime", "provider-local"]);
  const text = await pitrix("command", "r-1");
  assert.match(text, /^Request r-1: \d+ events in 3 services/);
  assert.match(text, /├─ TaskSucceeded ×\d|└─ ClusterActivated/);
  assert.match(text, /Everything is done\.\n$/);
});

test("only those see it whose doing it is, their group's and everybody's administrators", async () => {
  assert.equal((await get("/v1/commands/j-1", "usr-isv")).status, 200);
  assert.equal((await get("/v1/commands/j-1", "system")).status, 200);
  const other = await get("/v1/commands/j-1", "usr-other");
  assert.deepEqual([other.status, other.error], [403, "error_resource_access_denied"]);
  const nothing = await get("/v1/commands/j-2");
  assert.deepEqual([nothing.status, nothing.error], [404, "resource_not_found"]);
  assert.equal((await fetch(`${url}/v1/commands/j-1`)).status, 401);
  assert.equal((await get(`/v1/commands/${"x".repeat(201)}`)).status, 400);
  assert.equal((await get("/v1/commands/a%2Fb")).status, 404);
  await assert.rejects(pitrix("command", "j-2"), (error) => error instanceof CommandFailed && error.code === 66);
});

test("the services tell their parts only to the platform and to administrators", async () => {
  const at = urls.get("cluster") ?? "";
  assert.equal((await fetch(`${at}/internal/caused/j-1`)).status, 401);
  const authorization = `Bearer ${await world.token("usr-dev")}`;
  const asked = await fetch(`${at}/internal/caused/progress`, { method: "POST", headers: { authorization } });
  assert.ok(asked.status === 401 || asked.status === 403, `${asked.status}`);
});

test("the part of a service that is down is missing and named, and the rest is shown", async () => {
  const before = urls.get("provider-local") ?? "";
  urls.set("provider-local", "http://127.0.0.1:1");
  const { status, body } = await get("/v1/commands/j-1");
  urls.set("provider-local", before);
  assert.equal(status, 200);
  assert.equal(body.finished, false);
  assert.ok(body.unknown.includes("provider-local"));
  assert.ok(body.root.some(({ type }: Event) => type === "ClusterRequested"));
});
