import assert from "node:assert/strict";
import { request as send } from "node:http";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { type HelmMajor, installHelm } from "../../../../infra/embedded/helm/install.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";
import { kubernetesApi } from "../../../world/kubernetes.ts";
import type { KubernetesApi } from "../../../world/kubernetes-front.ts";
import { realRegistry } from "../../repo/real-registry.ts";
import { archives, chartPlatform, chartRepository, closedServer, login, type PrivateSource, reader } from "./private-charts.ts";

let api: KubernetesApi;
before(async () => {
  api = await kubernetesApi();
});
after(() => api.stop());

/** A real registry with charts that helm has pushed, behind a server that admits its reader only. */
const ociRegistry = async (helm: string, t: TestContext): Promise<PrivateSource> => {
  const { port: inner, push, stop } = await realRegistry();
  t.after(() => stop());
  for (const chart of await archives()) push(helm, "team", chart);
  const { port, close } = await closedServer(({ url, method, headers }, response) => {
    const { authorization: _, ...passed } = headers;
    send({ host: "127.0.0.1", port: inner, path: url, method, headers: passed }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  });
  return { fields: { type: "oci", url: `oci://127.0.0.1:${port}/team/pull-secrets`, credential: JSON.stringify(reader) }, close };
};

for (const major of [3, 4] satisfies HelmMajor[])
  test(`Helm ${major} installs and upgrades charts of a private repository and of a private registry, whose images need the user's login`, {
    timeout: 900_000,
  }, async (t) => {
    const helm = await installHelm(() => {}, major);
    const state = join(temporaryDirectory(), "state");
    const networks = { PITRIX_KUBERNETES_PRIVATE_NETWORKS: new URL(api.url).host };
    const platform = await chartPlatform(providerKubernetes, api.kubeconfig(), { PITRIX_HELM: helm, PITRIX_STATE: state, ...networks });
    try {
      const sources = { repository: chartRepository, registry: () => ociRegistry(helm, t) };
      for (const [kind, source] of Object.entries(sources)) {
        const zone = `private-${kind}-${major}`;
        await platform.deploy(zone, await source());
        const [web] = await api.all("Deployment", zone);
        assert.deepEqual(web?.spec?.template?.spec?.imagePullSecrets, [{ name: "registry" }]);
        const held = JSON.stringify(await api.all("Secret", zone));
        assert.match(held, /"kubernetes\.io\/dockerconfigjson"/);
        assert.ok(!held.includes(reader.password));
      }
      assert.deepEqual(platform.leaks(login, api.tokens.administrator), []);
    } finally {
      await platform.stop();
    }
  });
