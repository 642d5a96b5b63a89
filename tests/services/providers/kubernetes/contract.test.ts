import assert from "node:assert/strict";
import type { Player } from "../../../../events/simulation/instances.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { providerOf } from "../../../../services/providers/kit/provider.ts";
import { tasks } from "../../../../services/providers/kubernetes/effects.ts";
import { plan } from "../../../../services/providers/kubernetes/plan.ts";
import type { KubernetesOutside } from "../../../../services/providers/kubernetes/ports.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { clusterId } from "../../../world/toys/clusters.ts";
import { simulated } from "../../../world/world.ts";
import { providerContract, type Subject, tampered } from "../contract.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";
import { charts } from "./subject.ts";

const HOUR = 3_600_000;

/** The Kubernetes provider on a namespace in memory, in virtual time. */
const fake: Subject = {
  ...charts,
  open: async (t, tamper) => {
    const about = { provider: "kubernetes", versionTypes: ["helm"], zones: [], credentialSchema: "{}" };
    const service = providerOf<KubernetesOutside>({ plan, tasks: tampered(tasks, tamper), ...about });
    const namespace = fakeNamespace();
    const player: Player = { service, outside: ({ ports: { clock } }) => outsideOn(namespace.targetAt(clock), clock) };
    const platform = await simulated([runtime, cluster, player]);
    t.after(platform.stop);
    const { send, documents, history, of, start, time } = platform;
    return {
      bench: {
        ...{ send, documents, history, provider: service.name },
        until: async (what, isSo) => {
          if (!(await time.run(isSo, HOUR))) throw new Error(`it did not come to be: ${what}`);
        },
        crash: () => of(service.name).crash(),
        restart: async () => void (await start(player, 2)),
      },
      holds: async () => {
        assert.ok(namespace.releases.size <= 1, "one release a cluster");
        const nodes = namespace.nodesOf(clusterId);
        return { nodes, running: nodes };
      },
    };
  },
};

providerContract("the Kubernetes provider on a fake", fake);
