import { networks, setting, text, whole } from "../../chassis/process/setting.ts";

/** The settings of the Kubernetes provider. */
export const settings = {
  helm: setting("PITRIX_HELM", "The helm program, from 3.13 or 4.0 on", "a path, or a name on the PATH", "helm", text),
  privateNetworks: setting(
    "PITRIX_KUBERNETES_PRIVATE_NETWORKS",
    "Private networks and API servers that kubeconfigs may name, besides all public addresses",
    "none, all, or 10.0.0.0/8,127.0.0.1:6443,...",
    "none",
    networks,
  ),
  helmSeconds: setting(
    "PITRIX_HELM_SECONDS",
    "Seconds that helm may take for a release with its hooks; a release that is pending for longer is taken for abandoned",
    "5 to 3000",
    "300",
    whole(5, 3_000),
  ),
  readySeconds: setting(
    "PITRIX_KUBERNETES_READY_SECONDS",
    "Seconds that the pods of a release may take to get ready",
    "1 to 3000",
    "600",
    whole(1, 3_000),
  ),
};
