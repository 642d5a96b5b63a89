import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../../../events/codec/codec.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { helmMajor } from "../../../../services/providers/kubernetes/helm.ts";
import { providerKubernetes } from "../../../../services/providers/kubernetes/service.ts";
import { temporaryDirectory } from "../../../infra/embedded/temporary-directory.ts";
import { served } from "../../../world/world.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";

const released = codec(schemas);
const announced = async (hasHelm: boolean): Promise<readonly unknown[]> => {
  const time = { now: () => 0, sleep: async () => {} };
  const outside = { ...outsideOn(fakeNamespace().targetAt(time), time), hasHelm: async () => hasHelm };
  const world = await served([{ service: providerKubernetes, outside: () => outside }]);
  try {
    const events = [...world.of().database.commits.values()].flatMap((commit) => commit.events);
    return events.flatMap(({ type, schemaId, bytes }) =>
      type === "ProviderAnnounced" ? [Reflect.get(released.decode(schemaId, bytes), "actions")] : [],
    );
  } finally {
    await world.stop();
  }
};

test("a provider without a helm announces that it can do nothing, so that nothing is asked of it", async () => {
  assert.deepEqual(await announced(false), [[]]);
  const [actions] = await announced(true);
  assert.ok(Array.isArray(actions) && actions.includes("CreateCluster"), String(actions));
  assert.equal(await helmMajor("helm-that-is-not-here", temporaryDirectory()), undefined);
});
