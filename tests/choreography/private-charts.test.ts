import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dependencies } from "../../services/chassis/dependencies.ts";
import type { Fields } from "../../services/chassis/http/fields.ts";
import { digestOf } from "../../services/packages/archive.ts";
import type { Target } from "../../services/providers/kubernetes/ports.ts";
import { providerKubernetes } from "../../services/providers/kubernetes/service.ts";
import { fakeNamespace, outsideOn } from "../services/providers/kubernetes/fake-target.ts";
import {
  archives,
  chartPlatform,
  chartRepository,
  login,
  type PrivateSource,
  reader,
  values,
} from "../services/providers/kubernetes/private-charts.ts";
import { registry } from "../services/repo/registry.ts";

const token = "the-token-of-the-runtime";
const kubeconfig = JSON.stringify({
  ...{ "current-context": "here", contexts: [{ name: "here", context: { cluster: "here", user: "me" } }] },
  ...{ clusters: [{ name: "here", cluster: { server: "https://127.0.0.1:1" } }], users: [{ name: "me", user: { token } }] },
});

/** A registry that gives tokens to its reader. */
const ociRegistry = async (): Promise<PrivateSource> => {
  const { url, push, close } = await registry({ user: reader.username, password: reader.password });
  for (const { version, bytes } of await archives()) push(version, { apiVersion: "v2", name: "pull-secrets", version }, bytes);
  return { fields: { type: "oci", url, credential: JSON.stringify(reader) }, close };
};

test("charts of a private repository and of a private registry are judged and deployed from what was kept of them, with the user's values untouched", async () => {
  const [upgrades, judged]: [(readonly [digest: string, values: string])[], Fields[]] = [[], []];
  const { targetAt } = fakeNamespace();
  /** The provider with a namespace in memory. It opens values and fetches archives as it does everywhere. */
  const kubernetes = {
    ...providerKubernetes,
    outside: async () => ({
      open: async ({ clock, fetchBlob, edge }: Dependencies) => {
        const target = targetAt(clock);
        const upgrade: Target["upgrade"] = (release, chart, signal) => {
          upgrades.push([digestOf(chart.archive), chart.values]);
          return target.upgrade(release, chart, signal);
        };
        const chart = async (fields: Fields): Promise<Fields> => {
          judged.push(fields);
          return {};
        };
        return { outside: { ...outsideOn({ ...target, upgrade }, clock), fetchPackage: fetchBlob, open: edge.open }, inquiries: { chart } };
      },
    }),
  };
  const platform = await chartPlatform(kubernetes, kubeconfig);
  try {
    const deployed = (await archives()).map(({ bytes }) => [digestOf(bytes), values]);
    for (const [kind, source] of Object.entries({ repository: chartRepository, registry: ociRegistry })) {
      upgrades.length = 0;
      await platform.deploy(kind, await source());
      assert.deepEqual(upgrades, deployed, kind);
    }
    assert.deepEqual(
      judged.map(({ package_digest }) => package_digest),
      [...deployed, ...deployed].map(([digest]) => `sha256:${digest}`),
    );
    platform.holdsNone(token, login);
    assert.throws(() => platform.holdsNone("pull-secrets"), /pull-secrets is in repo/, "what is there is found");
    assert.doesNotMatch(JSON.stringify(judged), new RegExp([reader.password, login, token].join("|")));
    assert.deepEqual(platform.complaints(), []);
  } finally {
    await platform.stop();
  }
});
