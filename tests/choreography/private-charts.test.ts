import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dependencies } from "../../services/chassis/dependencies.ts";
import { digestOf } from "../../services/packages/archive.ts";
import { contentOfCredential, documentsFor } from "../../services/providers/kit/credential.ts";
import type { Api } from "../../services/providers/kubernetes/api.ts";
import { inquiriesOf } from "../../services/providers/kubernetes/inquiries.ts";
import { KubernetesError, type Target } from "../../services/providers/kubernetes/ports.ts";
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

/** An API server that lets the credential do everything. */
const willing = {
  get: async () => ({}),
  send: async () => ({ status: 201, body: { status: { allowed: true } } }),
} as unknown as Api; // What is not asked is left out.

test("charts of a private repository and of a private registry are judged and deployed from what was kept of them, with the user's values untouched", async () => {
  type Given = readonly [digest: string, values: string];
  const [upgrades, judged]: [Given[], Given[]] = [[], []];
  const { targetAt } = fakeNamespace();
  /** The provider with a namespace in memory. It opens values and fetches archives as it does everywhere. */
  const kubernetes = {
    ...providerKubernetes,
    outside: async () => ({
      open: async ({ clock, fetchBlob, edge, document }: Dependencies) => {
        const inMemory = targetAt(clock);
        const target: Target = {
          ...inMemory,
          judge: async (_, chart) => {
            judged.push([digestOf(chart.archive), chart.values]);
            if (digestOf(chart.archive) === unfit) throw new KubernetesError("login: got string, want integer");
          },
          upgrade: (release, chart, signal) => {
            upgrades.push([digestOf(chart.archive), chart.values]);
            return inMemory.upgrade(release, chart, signal);
          },
        };
        const outside = { ...outsideOn(target, clock), fetchPackage: fetchBlob, open: edge.open };
        const inquiries = inquiriesOf({
          ...outside,
          placeOf: async () => undefined,
          contentOf: contentOfCredential({ document: documentsFor(document), open: edge.open }),
          withApi: (_, use) => use(willing),
          withNamespace: (_, __, use) => use(target),
        });
        return { outside, inquiries };
      },
    }),
  };
  const [first, second, third] = (await archives()).map(({ bytes }): Given => [digestOf(bytes), values]);
  assert.ok(first && second && third);
  const [unfit] = third;
  const platform = await chartPlatform(kubernetes, kubeconfig);
  try {
    for (const [kind, source] of Object.entries({ repository: chartRepository, registry: ociRegistry })) {
      await platform.deploy(kind, await source());
      assert.deepEqual(upgrades.splice(0), [first, second], kind);
      assert.deepEqual(judged.splice(0), [first, second, third], kind);
    }
    assert.deepEqual(platform.leaks(token, login), []);
    assert.notDeepEqual(platform.leaks("pull-secrets"), [], "what is there is found");
    assert.deepEqual(platform.complaints(), []);
  } finally {
    await platform.stop();
  }
});
