import type { DeploymentSecret } from "../../../schemas/generated/events.ts";
import type { Fields } from "../../chassis/http/fields.ts";
import type { Inquiries } from "../../chassis/http/inquiry.ts";
import { MAX_CONFIGURATION } from "../../packages/values.ts";
import type { contentOfCredential } from "../kit/credential.ts";
import { revealed } from "../kit/secrets.ts";
import { adoptableOf, clusterOf } from "./adoption.ts";
import type { Api } from "./api.ts";
import { judgeAccess, judgeNamespace, judgeRight, namespacesOf } from "./judging.ts";
import { isReleaseName, nodeIdOf, releaseOf } from "./names.ts";
import { short } from "./observed.ts";
import { KubernetesError, type KubernetesOutside, type Target } from "./ports.ts";
import { hiddenIn } from "./secret-values.ts";

type InquiryOptions = Pick<KubernetesOutside, "fetchPackage" | "guarded" | "open" | "withTarget"> & {
  /** Where the release of a cluster is; undefined: there is none. */
  readonly placeOf: (clusterId: string) => Promise<{ readonly namespace: string; readonly runtimeId: string } | undefined>;
  readonly contentOf: ReturnType<typeof contentOfCredential>;
  /** Opens the API server of a kubeconfig for the time of `use`. */
  readonly withApi: <T>(kubeconfig: string, use: (api: Api) => Promise<T>) => Promise<T>;
  /** The same for a namespace in it. */
  readonly withNamespace: <T>(kubeconfig: string, namespace: string, use: (target: Target) => Promise<T>) => Promise<T>;
};

/** Milliseconds that a judgement may take: somebody waits for the answer. */
const PATIENCE = 6_000;
/** Charts that are judged at once. More are not: helm says later what it refuses. */
const MAX_JUDGED = 4;

/** What only an API server and helm know. Who may ask is checked before. A "no" is a sentence in `refused`. */
export const inquiriesOf = ({
  contentOf,
  withApi,
  withNamespace,
  withTarget,
  placeOf,
  fetchPackage,
  guarded,
  open,
}: InquiryOptions): Inquiries => {
  let judged = 0;
  const inTurn = async <T>(judge: () => Promise<T>): Promise<T | undefined> => {
    if (judged >= MAX_JUDGED) return undefined;
    judged += 1;
    return judge().finally(() => {
      judged -= 1;
    });
  };
  const kubeconfigOf = async (credentialId: unknown): Promise<string> => {
    const found = await contentOf(String(credentialId));
    if ("denied" in found) throw new KubernetesError(found.denied);
    return found.content;
  };
  /** Asks an API server under the breaker of this key. A server that hangs is given up in time, and is not asked again for a while. */
  const asked = <T>(key: unknown, ask: () => Promise<T>): Promise<T> => guarded(String(key), () => inTime(ask()));
  return {
    /** The namespaces that a credential sees. */
    zones: refusable(async ({ runtime_credential_id }) => {
      const kubeconfig = await kubeconfigOf(runtime_credential_id);
      return { zone: await asked(runtime_credential_id, () => withApi(kubeconfig, namespacesOf)) };
    }),
    /** Whether a kubeconfig opens an API server, and may deploy into a namespace, if one is named. What cannot be reached is refused, too. */
    credential: refusable(async ({ content, zone }) => {
      await reached(inTime(withApi(String(content), (api) => judgeAccess(api, String(zone ?? "")))));
      return {};
    }),
    /**
     * A release that a new cluster is to take over, with the chart of this package: its revision and the values of its user; or in `cluster` the label of
     * the cluster that has it already.
     */
    release: refusable(async ({ runtime_credential_id, zone, release, package_owner, package_digest }) => {
      const [name, namespace] = [String(release), String(zone)];
      if (!isReleaseName(name)) throw new KubernetesError(`[${name}] cannot be the name of a release`);
      const [kubeconfig, archive] = await Promise.all([
        kubeconfigOf(runtime_credential_id),
        fetchPackage(String(package_owner), String(package_digest)),
      ]);
      await reached(asked(runtime_credential_id, () => withApi(kubeconfig, (api) => judgeRight(api, "patch", "", "secrets", namespace))));
      const found = await inTurn(() => reached(inTime(withNamespace(kubeconfig, namespace, (target) => adoptable(target, name, archive)))));
      if (!found) throw new Error(`${MAX_JUDGED} charts are being judged already`);
      return found;
    }),
    /** What a container of a pod has written. The pod is the one that the node is, and not another one of its name. */
    log: async ({ node_id, cluster_id, instance_id, name, limit }) => {
      const [clusterId, pod] = [String(cluster_id), String(instance_id)];
      const place = await placeOf(clusterId);
      if (place === undefined || pod === "") return undefined;
      const { namespace, runtimeId } = place;
      const read = (target: Target) => target.log(pod, String(name), Number(limit));
      try {
        // A breaker of its own: a kubelet that hangs stops no action on the runtime.
        const found = await asked(`logs of ${runtimeId}`, () => withTarget({ clusterId, namespace }, read));
        return found && nodeIdOf(clusterId, found) === node_id ? { log: found.log, task_id: [] } : undefined;
      } catch (error) {
        if (error instanceof KubernetesError) return undefined;
        throw error;
      }
    },
    /** Whether helm takes a chart with a user's values on this API server, by the chart's `values.schema.json`, `kubeVersion` and templates. */
    chart: refusable(async ({ cluster_id, release, runtime_credential_id, zone, configuration, secrets, ...packaged }) => {
      const [clusterId, namespace] = [String(cluster_id), String(zone)];
      const sealed = secrets as readonly DeploymentSecret[]; // As the cluster service sends them.
      const values = (await revealed(open, clusterId, sealed, { values: String(configuration) })).values ?? "";
      const kubeconfig = await kubeconfigOf(runtime_credential_id);
      const name = typeof release === "string" ? release : releaseOf(clusterId);
      try {
        // Many clusters may be asked for at once: one API server that hangs is not waited for again and again.
        await asked(runtime_credential_id, () => withApi(kubeconfig, (api) => judgeNamespace(api, namespace)));
        const archive = await fetchPackage(String(packaged.package_owner), String(packaged.package_digest));
        const signal = AbortSignal.timeout(PATIENCE);
        const judge = (target: Target) => target.judge(name, { archive, values }, signal);
        await inTurn(() => withNamespace(kubeconfig, namespace, judge));
        return {};
      } catch (error) {
        if (!(error instanceof KubernetesError)) throw error;
        throw new KubernetesError(hiddenIn(values, error.message), { cause: error });
      }
    }),
  };
};

/** The result of work, or a TimeoutError; what goes on then has time limits of its own. */
const inTime = <T>(work: Promise<T>): Promise<T> => {
  const late = AbortSignal.timeout(PATIENCE);
  const tooLate = new Promise<never>((_, reject) => late.addEventListener("abort", () => reject(late.reason), { once: true }));
  return Promise.race([work, tooLate]);
};

/** The result of work with an API server. If it does not answer, the work is refused. */
const reached = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (error instanceof KubernetesError) throw error;
    throw new KubernetesError(`the API server does not answer: ${reasonOf(error)}`, { cause: error });
  }
};

/** What there is to take over of a release, with the chart of this archive. */
const adoptable = async (target: Target, release: string, archive: Uint8Array): Promise<Fields> => {
  const revisions = await target.revisions(release);
  const cluster = clusterOf(revisions);
  if (cluster !== undefined) return { cluster };
  const deployed = adoptableOf(target, release, revisions);
  const { chart, values } = await target.made(release, deployed.revision);
  const other = await target.nameOf(archive, AbortSignal.timeout(PATIENCE));
  if (chart !== other)
    throw new KubernetesError(`release ${release} is of chart [${short(chart)}], and the version of chart [${short(other)}]`);
  const given = JSON.stringify(values);
  if (given.length > MAX_CONFIGURATION) throw new KubernetesError(`its values are longer than ${MAX_CONFIGURATION} characters`);
  return { revision: deployed.uid, values: given };
};

const refusable =
  (answer: (fields: Fields) => Promise<Fields>): Inquiries[string] =>
  async (fields) => {
    try {
      return await answer(fields);
    } catch (error) {
      if (error instanceof KubernetesError) return { refused: error.message };
      throw error;
    }
  };

const reasonOf = (error: unknown): string => {
  const [code, name] = [Reflect.get(Object(error), "code"), Reflect.get(Object(error), "name")];
  return name === "TimeoutError"
    ? "it takes too long"
    : typeof code === "string"
      ? code
      : error instanceof Error
        ? error.message
        : String(error);
};
