import assert from "node:assert/strict";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Message } from "../../../../events/index.ts";
import { type OperationId, operations } from "../../../../schemas/generated/http.ts";
import { account } from "../../../../services/account/service.ts";
import { ownedBy } from "../../../../services/chassis/access/ownership.ts";
import type { AnyService } from "../../../../services/chassis/service.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { providerLocal } from "../../../../services/providers/local/service.ts";
import { repo } from "../../../../services/repo/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { eventually } from "../../../eventually.ts";
import { everythingIn, heldBy, leaksIn } from "../../../everything.ts";
import { ok } from "../../../world/requests.ts";
import { served } from "../../../world/world.ts";
import { archiveOf, configJson, devkitFiles, templateOf } from "../../packages/package-fixtures.ts";

type World = Awaited<ReturnType<typeof served>>;
/** The contents of credentials that events still open to. */
const openedBy = async (world: World): Promise<readonly string[]> => {
  const opened: string[] = [];
  for (const { event } of world.history()) {
    if (event.type !== "RuntimeCredentialCreated" && event.type !== "RuntimeCredentialModified") continue;
    const { runtimeCredentialId, sealedContent } = event as never; // As its schema has it.
    const location = { stream: `runtimeCredential/${runtimeCredentialId}`, field: "sealedContent" };
    await world
      .of("runtime")
      .host.edge.sealing.open(sealedContent, location)
      .then((content) => opened.push(content))
      .catch(() => {}); // Its key is gone.
  }
  return opened;
};
const filesBelow = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => lstatSync(path).isFile());
const processesOf = (directory: string) =>
  readdirSync("/proc").flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid)) return [];
      const [environment, line] = ["environ", "cmdline"].map((name) => readFileSync(`/proc/${pid}/${name}`, "latin1"));
      return environment?.includes(directory) ? [{ environment, line: line ?? "" }] : [];
    } catch {
      return []; // It has ended, or is another user's.
    }
  });

const program = `
const { env, argv } = process;
if (argv[2] === "fail") { console.error("could not log in with " + env.URL); process.exit(7); }
setTimeout(() => process.exit(99), 60_000);
process.on("SIGHUP", () => {});
`;
const template = templateOf(
  {
    services: { start: { cmd: "node program.cjs stay" }, stop: { cmd: "node program.cjs fail" } },
    health_check: { enable: true, check_cmd: "node --version", interval_sec: 1 },
    env: { TOKEN: "{{env.secret}}" },
  },
  { env: { URL: "db://me:{{env.secret}}@host" } },
);

test("a password and a token reach the process that needs them, and nothing that travels, is stored or is shown holds them", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-secrets-"));
  const [token, first, second] = ["planted-token-Xq1", "planted-first-Xq2", 'planted-"second"-Xq3'];
  const [person, repository, key] = ["planted-person-Xq4", "planted-repository-Xq5", "planted-key-Xq6"];
  const world = await served([account, repo, runtime, cluster, providerLocal], {
    environment: {
      PITRIX_BOOTSTRAP_CLIENT: `first:${key}`,
      PITRIX_BOOTSTRAP_ADMIN: `admin@example.org:${person}`,
      PITRIX_LOCAL_TOKEN: token,
      PITRIX_LOCAL_DIRECTORY: directory,
      PITRIX_LOG_LEVEL: "debug",
    },
  });
  t.after(async () => {
    await world.stop();
    for (const pid of readdirSync("/proc"))
      try {
        if (/^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "latin1").includes(directory)) process.kill(Number(pid), "SIGKILL");
      } catch {} // It has ended, or is another user's.
    rmSync(directory, { recursive: true, force: true });
  });
  await world.know("user/usr-mine", { kind: "user", roleIds: ["user"] });
  const [mine, system] = [await world.as("usr-mine"), await world.as("system")];

  const archive = await archiveOf({ ...devkitFiles, "shop/cluster.json.tmpl": template, "shop/program.cjs": program });
  const digest = await world.of("cluster").blobs.put(archive);
  const packaged = { package_digest: digest, package_owner: "cluster", config_json: configJson, template };
  const version = {
    version_id: "appv-1",
    app_id: "app-1",
    type: "vmbased",
    status: "active",
    visibility: "public",
    ...ownedBy({ owner: "usr-dev", ownerPath: ":usr-dev" }),
  };
  await world.put("appVersions", "appv-1", { ...version, draft: packaged, released: packaged });
  await world.put("packages", `appv-1@${digest}`, packaged);

  const answers: unknown[] = [];
  const does = async (operation: OperationId, fields: object) => {
    const body = await ok(mine.call(operation, fields));
    answers.push(body);
    const [job_id] = [body.job_id].flat();
    if (job_id === undefined) return body;
    await eventually(`${operation} has ended`, async () => {
      const { job_set } = await ok(mine.call("DescribeJobs", { job_id }));
      return ["successful", "failed"].includes(job_set[0]?.status) && job_set[0];
    });
    return body;
  };
  const conf = (secret: string) => JSON.stringify({ cluster: { subnet: "any" }, env: { secret } });

  const content = { provider: "local", name: "mine", runtime_credential_content: JSON.stringify({ token }) };
  const { runtime_credential_id } = await does("CreateRuntimeCredential", content);
  const { runtime_id } = await does("CreateRuntime", { name: "here", provider: "local", zone: "local", runtime_credential_id });
  await eventually("the cluster service knows the runtime", async () => (await world.documents("cluster", "runtimes")).length === 1);
  const { cluster_id } = await does("CreateCluster", { app_id: "app-1", version_id: "appv-1", runtime_id, conf: conf(first) });
  assert.equal((await ok(mine.call("DescribeClusters", { cluster_id }))).cluster_set[0].status, "active");
  assert.ok(
    processesOf(directory).some(
      ({ environment }) => environment.includes(`URL=db://me:${first}@host`) && environment.includes(`TOKEN=${first}`),
    ),
  );
  await does("UpdateClusterEnv", { cluster_id, env: conf(second) });
  const metadata = filesBelow(directory).filter((path) => path.endsWith("metadata.json"));
  assert.equal(metadata.length, 1);
  for (const path of metadata) {
    assert.equal(JSON.parse(readFileSync(path, "utf8")).cluster.env.URL, `db://me:${second}@host`);
    assert.equal(statSync(path).mode & 0o27, 0, "only the node reads it");
  }
  // Its stop command fails, and says the password.
  await does("StopClusters", { cluster_id: [cluster_id] });
  await does("StartClusters", { cluster_id: [cluster_id] });
  const started = processesOf(directory);
  assert.ok(
    started.some(({ environment }) => environment.includes(`URL=db://me:${second}@host`)),
    "it starts with what it was given last",
  );

  const registered = { visibility: "private", providers: ["local"], credential: "{}" };
  const keys = JSON.stringify({ access_key_id: "ann", secret_access_key: key });
  await Promise.all([
    ok(system.call("CreateUser", { email: "ann@example.org", password: person, role_id: "user" })),
    ok(system.call("CreateRepo", { ...registered, name: "one", type: "http", url: `http://ann:${repository}@127.0.0.1:1/one` })),
    ok(system.call("CreateRepo", { ...registered, name: "two", type: "s3", url: "s3://127.0.0.1:1/two", credential: keys })),
  ]);
  await eventually("both repositories were tried", async () => {
    const { repo_event_set = [] } = await ok(system.call("DescribeRepoEvents"));
    return repo_event_set.length === 2 && repo_event_set.every(({ status }: { status: string }) => status === "failed");
  });
  for (const [operation, { method, answers: kind, required }] of Object.entries(operations))
    if (
      method === "get" &&
      kind === "json" &&
      world.instances().some(({ name }) => name === operations[operation as OperationId].service)
    ) {
      const fields = required.includes("runtime_credential_id") ? { runtime_credential_id } : {};
      answers.push((await system.call(operation as OperationId, fields)).body); // A name of the table.
    }

  const records = filesBelow(directory).filter((path) => path.endsWith("node.json"));
  assert.equal(records.length, 1);
  const recorded = records.map((path) => readFileSync(path, "utf8")).join("");
  assert.equal((await openedBy(world)).length, 1);
  await ok(mine.call("CeaseClusters", { cluster_id: [cluster_id], force: true }));
  await eventually("the cluster has ceased", async () => {
    const { cluster_set } = await ok(mine.call("DescribeClusters", { cluster_id }));
    return cluster_set[0].status === "ceased";
  });
  await ok(mine.call("DeleteRuntimes", { runtime_id: [runtime_id] }));
  await eventually("the credential can be deleted", async () => {
    const { status } = await mine.call("DeleteRuntimeCredentials", { runtime_credential_id: [runtime_credential_id] });
    return status === 200;
  });
  await eventually("its content opens for nobody", async () => (await openedBy(world)).length === 0);

  const topics = world.broker.contents();
  for (const aggregate of ["cluster", "localDeployment", "repo", "runtimeCredential", "user"]) assert.ok(topics.has(`pitrix.${aggregate}`));
  const held: { readonly [where: string]: string } = {
    ...heldBy(world, answers),
    arguments: everythingIn(started.map(({ line }) => line)),
    records: recorded,
  };
  assert.match(held.topics ?? "", /could not log in with db:\/\/me:\*{6}@host/);
  for (const [where, text] of Object.entries(held)) assert.ok(text.length > 20, where);
  assert.deepEqual(leaksIn(held, [token, first, second, JSON.stringify(second).slice(1, -1), person, repository, key]), []);
});

test("the search finds a secret that was not sealed, and a credential whose key was not destroyed", async () => {
  const token = "planted-token-Xq7";
  const life = async (service: AnyService) => {
    const world = await served([service]);
    try {
      await world.put("providers", "local", { provider: "local", service: "provider-local", zones: ["local"] });
      const system = await world.as("system");
      const content = { provider: "local", name: "mine", runtime_credential_content: JSON.stringify({ token }) };
      const { runtime_credential_id } = await ok(system.call("CreateRuntimeCredential", content));
      const answers = await ok(system.call("DescribeRuntimeCredentials"));
      const before = (await openedBy(world)).length;
      await ok(system.call("DeleteRuntimeCredentials", { runtime_credential_id: [runtime_credential_id] }));
      const isGone = await eventually("its content opens for nobody", async () => (await openedBy(world)).length === 0, 1_000).catch(
        () => false,
      );
      return { leaks: leaksIn(heldBy(world, answers), [token]), before, isGone: isGone !== false };
    } finally {
      await world.stop();
    }
  };
  const { runtimeCredential } = runtime.aggregates;
  assert.ok(runtimeCredential);
  const unsealed = {
    ...runtime,
    http: (runtime.http ?? []).map((row) =>
      row.kind === "command" && row.operation === "CreateRuntimeCredential"
        ? {
            ...row,
            command: (request: never, context: never) => ({
              ...(row.command(request, context) as Message),
              description: Reflect.get(request, "runtime_credential_content"),
            }),
          }
        : row,
    ),
  };
  const kept = { ...runtime, aggregates: { ...runtime.aggregates, runtimeCredential: { decider: runtimeCredential.decider } } };
  assert.deepEqual(await life(runtime), { leaks: [], before: 1, isGone: true });
  assert.deepEqual(await life(kept as AnyService), { leaks: [], before: 1, isGone: false });
  const { leaks } = await life(unsealed as AnyService);
  assert.deepEqual(leaks, [`${token} in topics`, `${token} in databases`, `${token} in answers`]);
});
