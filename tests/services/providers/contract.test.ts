import { cluster } from "../../../services/cluster/service.ts";
import { providerOf } from "../../../services/providers/kit/provider.ts";
import { plan } from "../../../services/providers/local/plan.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { bookinfo } from "../../world/toys/clusters.ts";
import { tasksOf } from "../../world/toys/provider.ts";
import { simulated } from "../../world/world.ts";
import { providerContract, type Subject, tampered } from "./contract.ts";

const HOUR = 3_600_000;

/** The local provider on machines that are two sets, in virtual time. */
const fake: Subject = {
  version: bookinfo,
  configuration: "{}",
  role: "reviews",
  open: async (t, tamper) => {
    const [nodes, running] = [new Set<string>(), new Set<string>()];
    const tasks = tasksOf(async ({ action, nodeId }) => {
      if (action === "RunInstances") nodes.add(nodeId);
      if (action === "StartService") running.add(nodeId);
      if (action === "StopInstances" || action === "TerminateInstances") running.delete(nodeId);
      if (action === "TerminateInstances") nodes.delete(nodeId);
    });
    const about = { provider: "local", versionTypes: ["vmbased"], zones: ["local"], credentialSchema: "{}" };
    const service = providerOf({ plan, tasks: tampered(tasks, tamper), ...about });
    const platform = await simulated([runtime, cluster, service]);
    t.after(platform.stop);
    const { send, documents, history, of, start, time } = platform;
    return {
      bench: {
        ...{ send, documents, history, provider: service.name },
        until: async (what, isSo) => {
          if (!(await time.run(isSo, HOUR))) throw new Error(`it did not come to be: ${what}`);
        },
        crash: () => of(service.name).crash(),
        restart: async () => void (await start({ service }, 2)),
      },
      holds: async () => ({ nodes: [...nodes], running: [...running] }),
    };
  },
};

providerContract("the local provider on a fake", fake);
