import type { Service } from "../../chassis/service.ts";
import { providerOf } from "../kit/provider.ts";
import { tasks } from "./effects.ts";
import { kubeconfigSchema } from "./kubeconfig-schema.ts";
import { plan } from "./plan.ts";
import type { KubernetesOutside } from "./ports.ts";
import { releases } from "./read-models.ts";
import { settings } from "./settings.ts";
import { watching } from "./watching.ts";

const credentialSchema = JSON.stringify(kubeconfigSchema);

const tables = providerOf({
  ...{ provider: "kubernetes", plan, tasks, versionTypes: ["helm"], zones: [], credentialSchema },
  isAble: ({ hasHelm }: KubernetesOutside) => hasHelm(),
});

/** Clusters as releases of Helm charts, each in a namespace of an API server. */
export const providerKubernetes: Service<KubernetesOutside, typeof settings> = {
  ...tables,
  projections: [...tables.projections, releases],
  signals: [...tables.signals, watching],
  settings,
  outside: () => import("./outside.ts"),
};
