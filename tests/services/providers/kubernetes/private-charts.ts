import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { app } from "../../../../services/app/service.ts";
import type { Environment } from "../../../../services/chassis/process/config.ts";
import type { AnyService } from "../../../../services/chassis/service.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { repo } from "../../../../services/repo/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { eventually } from "../../../eventually.ts";
import { heldBy, leaksIn } from "../../../everything.ts";
import { ok, refused } from "../../../world/requests.ts";
import { served } from "../../../world/world.ts";
import { authority } from "../../chassis/tls/authority.ts";
import { archiveOfChart } from "./charts.ts";

/** Who may read the repositories of these tests. */
export const reader = { username: "ann", password: "a-password-of-ann" };
const basic = `Basic ${Buffer.from(`${reader.username}:${reader.password}`).toString("base64")}`;
/** A login for another registry, in values as a user gives them. */
export const login = "bWU6YS1zZWNyZXQtb2YtbWluZQ==";
export const values = `# For the images of this chart.\nlogin: ${login}\nimagePullSecrets: [{ name: registry }]\n`;

/** A repository that only its reader opens, and what CreateRepo is told of it. */
export type PrivateSource = { readonly fields: object; readonly close: () => Promise<void> };

const schema = JSON.stringify({ properties: { login: { type: "integer" } } });
/** Three versions of a chart whose images are in a private registry. The last one does not take the values. */
export const archives = () =>
  Promise.all(
    ["1.0.0", "1.1.0", "2.0.0"].map(async (version) => {
      const description = { "Chart.yaml": `apiVersion: v2\nname: pull-secrets\nversion: ${version}\n` };
      const limits = version === "2.0.0" ? { "values.schema.json": schema } : {};
      return { version, bytes: await archiveOfChart("pull-secrets", { ...description, ...limits }) };
    }),
  );

const opened = async (server: ReturnType<typeof createServer>) => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, close };
};
/** Answers who has the reader's password; others are asked for it. */
const admitting =
  (answer: RequestListener): RequestListener =>
  (request, response) => {
    if (request.headers.authorization === basic) return answer(request, response);
    response.writeHead(401, { "www-authenticate": 'Basic realm="charts"' }).end();
  };

/** A server of HTTP that admits the reader only. */
export const closedServer = (answer: RequestListener) => opened(createServer(admitting(answer)));

/** A chart repository over HTTPS, with a certificate of an authority of its own. */
export const chartRepository = async (): Promise<PrivateSource> => {
  const { ca, issue } = authority();
  const { cert, key } = issue("charts");
  const charts = new Map((await archives()).map(({ version, bytes }) => [`/charts/pull-secrets-${version}.tgz`, bytes]));
  const entries = [...charts.keys()].map((path) => {
    const [version] = /\d+\.\d+\.\d+/.exec(path) ?? [];
    return { apiVersion: "v2", name: "pull-secrets", version, urls: [path.slice("/charts/".length)] };
  });
  const index = JSON.stringify({ apiVersion: "v1", entries: { "pull-secrets": entries } });
  const answer = admitting(({ url = "" }, response) => {
    const found = url === "/charts/index.yaml" ? index : charts.get(url);
    response.writeHead(found ? 200 : 404).end(found);
  });
  const { port, close } = await opened(createSecureServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer));
  const credential = JSON.stringify({ ...reader, ca: readFileSync(ca, "utf8") });
  return { fields: { type: "https", url: `https://127.0.0.1:${port}/charts`, credential }, close };
};

/** All that a chart passes on its way from a repository into a namespace, over HTTP. */
export const chartPlatform = async (kubernetes: AnyService, kubeconfig: string, environment: Environment = {}) => {
  const settings = { PITRIX_REPO_PRIVATE_NETWORKS: "all", ...environment };
  const world = await served([repo, app, runtime, cluster, kubernetes], { wait: 2_000, environment: settings });
  const system = await world.as("system");
  await eventually("the provider has announced itself to all", async () => {
    const known = await Promise.all(["repo", "runtime", "cluster"].map((service) => world.documents(service, "providers")));
    return known.every(({ length }) => length === 1);
  });
  const on = { name: "here", provider: "kubernetes" };
  const credential = await ok(system.call("CreateRuntimeCredential", { ...on, runtime_credential_content: kubeconfig }));

  const done = async ({ job_id }: { readonly job_id: string }): Promise<void> => {
    const job = await eventually("the job has ended", async () => {
      const { job_set = [] } = await ok(system.call("DescribeJobs", { job_id }));
      return ["successful", "failed"].includes(job_set[0]?.status) && job_set[0];
    });
    assert.equal(job.status, "successful", job.message);
  };
  return {
    ...world,
    system,
    /** Indexes a repository, closes it, and then deploys the first version of its chart into a namespace, upgrades it to the second, and not to the third. */
    deploy: async (zone: string, { fields, close }: PrivateSource): Promise<void> => {
      const about = { name: zone, visibility: "private", providers: ["kubernetes"] };
      const { repo_id } = await ok(system.call("CreateRepo", { ...about, ...fields }));
      const run = await eventually("the run has ended", async () => {
        const { repo_event_set = [] } = await ok(system.call("DescribeRepoEvents", { repo_id: [repo_id] }));
        return repo_event_set[0]?.status !== "pending" && repo_event_set[0];
      }).finally(close);
      assert.deepEqual([run.status, run.listed], ["successful", 3], run.result);

      const { app_set } = await ok(system.call("DescribeApps", { repo_id: [repo_id] }));
      const { app_id } = app_set[0];
      const { app_version_set } = await ok(system.call("DescribeAppVersions", { app_id: [app_id] }));
      const [first, second, third] = app_version_set.toSorted((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1));
      await eventually("the cluster service knows all versions", async () => {
        const known = (await world.documents("cluster", "appVersions")).map(({ id }) => id);
        return [first, second, third].every(({ version_id }) => known.includes(version_id));
      });
      const { runtime_id } = await ok(system.call("CreateRuntime", { ...on, zone, ...credential }));
      const wanted = { app_id, version_id: first.version_id, runtime_id, conf: values };
      const created = await eventually("the cluster service knows the runtime", async () => {
        const answer = await system.call("CreateCluster", wanted);
        return answer.status !== 404 && answer;
      });
      assert.equal(created.status, 200, JSON.stringify(created.body));
      await done(created.body);
      const { cluster_id } = created.body;
      await done(await ok(system.call("UpgradeCluster", { cluster_id, version_id: second.version_id })));

      const unfit = await refused(system.call("UpgradeCluster", { cluster_id, version_id: third.version_id }), 400, "validate_failed");
      assert.match(unfit, /^provider \[kubernetes\] does not take this chart: .*login.*integer/);
      const { cluster_set } = await ok(system.call("DescribeClusters", { cluster_id: [cluster_id] }));
      assert.deepEqual([cluster_set[0].status, cluster_set[0].version_id], ["active", second.version_id]);
      assert.equal((await ok(system.call("DescribeJobs", { cluster_id: [cluster_id] }))).total_count, 2, "nothing was begun");
    },
    /** Where the credential of a repository is in clear, as it is or as it goes over HTTP, or one of these texts, in what is stored, sent or logged. */
    leaks: (...texts: readonly string[]): readonly string[] =>
      leaksIn(heldBy(world, world.history()), [...texts, reader.password, basic.slice("Basic ".length)]),
  };
};
