import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { type Caller, login } from "../../../../infra/demo/client.ts";
import { buildRepository } from "../../../../infra/demo/repository.ts";
import { serveRepository } from "../../../../infra/demo/serve.ts";
import { installHelm } from "../../../../infra/embedded/helm/install.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { eventually } from "../../../eventually.ts";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";
import { type Fixture, startFixture } from "../../../resilience/fixture.ts";
import { kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { holdsOf } from "./held.ts";

const KILLS = Number(process.env.PITRIX_KUBERNETES_TEST ?? 30);
/** Clusters that act at the same time: one kill interrupts the actions of all. */
const CLUSTERS = 5;
const provider = providerKubernetes.name;

let api: KubernetesApi;
let helm: string;
let platform: Fixture;
let repository: Awaited<ReturnType<typeof serveRepository>>;
before(async () => {
  [api, helm] = await Promise.all([kubernetesApi(), installHelm(() => {})]);
  repository = await serveRepository();
  const settings = { PITRIX_HELM: helm, PITRIX_KUBERNETES_PRIVATE_NETWORKS: new URL(api.url).host, PITRIX_HELM_SECONDS: "30" };
  platform = await startFixture(temporaryDirectory(), () => {}, settings);
});
after(async () => {
  await platform.close();
  await repository.close();
  await api.stop();
});

type Life = { clusterId: string; readonly runtimeId: string; readonly zone: string };
/** The life of a cluster: what is called, and the version of the chart that runs after it. */
const actions = ["create", "upgrade", "rollback", "delete", "recover", "delete", "cease"] as const;
const versionAfter = { create: 0, upgrade: 1, rollback: 0, delete: undefined, recover: 0, cease: undefined } as const;

/** The workloads in each version of the demo's chart. */
const workloadsOf = async (): Promise<readonly number[]> => {
  const charts = (await buildRepository()).packages.filter(({ type }) => type === "helm");
  return charts.map(({ version, bytes }) => {
    const file = join(temporaryDirectory(), `bookinfo-${version}.tgz`);
    writeFileSync(file, bytes);
    return execFileSync(helm, ["template", "x", file], { encoding: "utf8" }).match(/^kind: Deployment$/gm)?.length ?? 0;
  });
};

/** The versions of the demo's chart, the first one first. */
const versionsOf = async (system: Caller): Promise<readonly { readonly app_id: string; readonly version_id: string }[]> => {
  const about = { name: "bookinfo", type: "http", url: `${repository.url}/helm`, credential: "{}", visibility: "public" };
  const { repo_id } = await eventually("the provider is known", () =>
    system.post("/v1/repos", { ...about, providers: ["kubernetes"] }).catch(() => undefined),
  );
  await eventually("the repository is indexed", async () => {
    const { repo_event_set: [event] = [] } = await system.get("/v1/repo_events", { repo_id });
    return event?.status === "successful";
  });
  return eventually("its versions are known", async () => {
    const { app_set: [app] = [] } = await system.get("/v1/apps", { repo_id });
    const { app_version_set = [] } = app ? await system.get("/v1/app_versions", { app_id: app.app_id }) : {};
    return (
      app_version_set.length === 2 && app_version_set.toSorted((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1))
    );
  });
};

test(`${KILLS} kills -9 of the provider's process in the middle of actions leave no release, and make none twice`, {
  timeout: (KILLS + 4) * 120_000,
}, async (t) => {
  const system = await login(platform.running("api")[0]?.url ?? "", platform.secrets.client);
  const [versions, workloads] = [await versionsOf(system), await workloadsOf()];
  const { runtime_credential_id } = await eventually("the provider is known", () =>
    system
      .post("/v1/runtimes/credentials", { name: "test", provider: "kubernetes", runtime_credential_content: api.kubeconfig() })
      .catch(() => undefined),
  );
  const begin = async (nth: number): Promise<Life> => {
    const zone = `killed-${nth}`;
    const { runtime_id } = await system.post("/v1/runtimes", { name: zone, provider: "kubernetes", zone, runtime_credential_id });
    return { clusterId: "", runtimeId: runtime_id, zone };
  };
  const ask = async (life: Life, action: (typeof actions)[number]): Promise<string> => {
    const [first, second] = versions;
    const ids = { cluster_id: action === "upgrade" || action === "rollback" ? life.clusterId : [life.clusterId] };
    const created = { app_id: first?.app_id, version_id: first?.version_id, runtime_id: life.runtimeId, conf: "{}" };
    const body = action === "create" ? created : { ...ids, ...(action === "upgrade" && { version_id: second?.version_id }) };
    const { cluster_id, job_id } = await system.post(`/v1/clusters/${action}`, body);
    if (action === "create") life.clusterId = cluster_id;
    return [job_id].flat()[0];
  };
  const jobOf = async (job_id: string) => (await system.get("/v1/jobs", { job_id })).job_set?.[0] ?? {};
  const isOver = async (id: string) => ["successful", "failed"].includes((await jobOf(id)).status);

  let [kills, interrupted, clusters] = [0, 0, 0];
  while (kills < KILLS) {
    const lives = await Promise.all(Array.from({ length: CLUSTERS }, () => begin(++clusters)));
    for (const action of actions) {
      const [requests, moment] = [api.requests.length, Math.floor(Math.random() * 25 * CLUSTERS)];
      const jobs = await Promise.all(lives.map((life) => ask(life, action)));
      const areOver = async () => (await Promise.all(jobs.map(isOver))).filter(Boolean).length;
      await eventually("they are in their middle", async () => api.requests.length >= requests + moment || (await areOver()) === CLUSTERS);
      const open = CLUSTERS - (await areOver());
      if (kills < KILLS && open > 0) {
        const [one] = platform.running(provider);
        assert.ok(one);
        await platform.kill(one);
        [kills, interrupted] = [kills + 1, interrupted + open];
        await platform.start(provider);
      }
      await eventually(`${action} is over`, async () => (await areOver()) === CLUSTERS, 150_000);
      for (const [index, job] of jobs.entries()) {
        const { status, message } = await jobOf(job);
        assert.equal(status, "successful", `${action} of cluster ${lives[index]?.clusterId}: ${message}`);
      }
      const version = versionAfter[action];
      const [release, count] = version === undefined ? [0, 0] : [1, workloads[version] ?? 0];
      for (const { zone } of lives) {
        const expected = [release, release, count, count];
        let held: readonly number[] = [];
        const isHeld = async () => {
          held = await holdsOf(api, zone);
          return isDeepStrictEqual(held, expected);
        };
        // What is wrong is shown below.
        await eventually("the namespace holds what it should", isHeld, 30_000).catch(() => {});
        assert.deepEqual(held, expected, `${action} in namespace ${zone}: releases, deployed revisions, workloads, pods`);
      }
    }
  }
  t.diagnostic(`${kills} kills interrupted ${interrupted} actions of ${clusters} clusters`);
});
