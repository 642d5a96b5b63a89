import { rows } from "../../chassis/http/rows.ts";
import type { DeploymentCommand } from "../kit/domain.ts";
import type { ProviderReadModels } from "../kit/read-models.ts";
import type { Machine } from "./machine/types.ts";

/** The methods of the machine that the rows use. */
export type Shown = { readonly machine: Pick<Machine, "describe" | "logs"> };

const { answer } = rows<DeploymentCommand, ProviderReadModels, Shown>();
const USUAL_BYTES = 65_536;

/** Logs of nodes. Only this service can read them, because the processes run on its machine. */
export const http = [
  answer(
    "DescribeClusterNodeLogs",
    async ({ node_id, name = "process", limit = USUAL_BYTES }, { unscoped, sees, outside: { machine } }) => {
      const node = await machine.describe(node_id);
      const owned = node && (await unscoped.get("clusterOwners", node.clusterId));
      if (!node || !owned) return { rejected: `resource [${node_id}] not found`, kind: "notFound", error: "resource_not_found" };
      if (!sees(owned))
        return { rejected: `access denied for resource [${node_id}]`, kind: "denied", error: "error_resource_access_denied" };
      return { node_id, name, log: await machine.logs(node_id, name, Number(limit)), task_id: node.commands };
    },
  ),
];
