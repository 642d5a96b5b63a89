import type { DeploymentSecret } from "../../../schemas/generated/events.ts";
import type { Fields } from "../../chassis/http/fields.ts";
import type { Inquiries } from "../../chassis/http/inquiry.ts";
import { text } from "../../packages/json.ts";
import { MAX_CONFIGURATION } from "../../packages/values.ts";
import type { contentOfCredential } from "../kit/credential.ts";
import { revealed } from "../kit/secrets.ts";
import { adoptableOf, clusterOf } from "./adoption.ts";
import { type Api, messageOf, versionOf } from "./api.ts";
import { isNamespace, isReleaseName, nodeIdOf, releaseOf } from "./names.ts";
import { listIn, objectIn, short } from "./observed.ts";
import { KubernetesError, type KubernetesOutside, type Target } from "./ports.ts";
import { hiddenIn } from "./secret-values.ts";

type InquiryOptions = Pick<KubernetesOutside, "fetchPackage" | "guarded" | "open" | "withTarget"> & {
  /** The namespace of a cluster's release; undefined: there is none. */
  readonly namespaceOf: (clusterId: string) => Promise<string | undefined>;
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
  namespaceOf,
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
  return {
    /** The namespaces that a credential sees. */
    zones: refusable(async ({ runtime_credential_id }) => ({
      zone: await withApi(await kubeconfigOf(runtime_credential_id), namespacesOf),
    })),
    /** Whether a kubeconfig opens an API server, and may deploy into a namespace, if one is named. What cannot be reached is refused, too. */
    credential: refusable(async ({ content, zone }) => {
      await reached(withApi(String(content), (api) => judgeAccess(api, String(zone ?? ""))));
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
      await reached(withApi(kubeconfig, (api) => judgeRight(api, "patch", "", "secrets", namespace)));
      const found = await inTurn(() =>
        reached(
          withNamespace(kubeconfig, namespace, async (target) => {
            const revisions = await target.revisions(name);
            const cluster = clusterOf(revisions);
            if (cluster !== undefined) return { cluster };
            const deployed = adoptableOf(target, name, revisions);
            const { chart, values } = await target.made(name, deployed.revision);
            const other = await target.nameOf(archive, AbortSignal.timeout(PATIENCE));
            if (chart !== other)
              throw new KubernetesError(`release ${name} is of chart [${short(chart)}], and the version of chart [${short(other)}]`);
            const given = JSON.stringify(values);
            if (given.length > MAX_CONFIGURATION) throw new KubernetesError(`its values are longer than ${MAX_CONFIGURATION} characters`);
            return { revision: deployed.uid, values: given };
          }),
        ),
      );
      if (!found) throw new Error(`${MAX_JUDGED} charts are being judged already`);
      return found;
    }),
    /** What a container of a pod has written. The pod is the one that the node is, and not another one of its name. */
    log: async ({ node_id, cluster_id, instance_id, name, limit }) => {
      const [clusterId, pod] = [String(cluster_id), String(instance_id)];
      const namespace = await namespaceOf(clusterId);
      if (namespace === undefined || pod === "") return undefined;
      try {
        const found = await withTarget({ clusterId, namespace }, (target) => target.log(pod, String(name), Number(limit)));
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
        // Many clusters may be asked for at once: one credential whose API server hangs is not waited for again and again.
        await guarded(String(runtime_credential_id), () => inTime(withApi(kubeconfig, (api) => judgeNamespace(api, namespace))));
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

/** The same of an API server, whose silence is a "no". */
const reached = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await inTime(work);
  } catch (error) {
    if (error instanceof KubernetesError) throw error;
    throw new KubernetesError(`the API server does not answer: ${reasonOf(error)}`, { cause: error });
  }
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

const namespacesOf = async (api: Api): Promise<readonly string[]> =>
  listIn((await api.get("/api/v1/namespaces?limit=500")) ?? {}, "items").map((each) => text(objectIn(each, "metadata").name));

const judgeAccess = async (api: Api, namespace: string): Promise<void> => {
  await versionOf(api);
  if (namespace !== "") return judgeNamespace(api, namespace);
  // The version is for everybody, this question for whomever the server knows; the answer does not matter.
  await may(api, "create", "", "namespaces", "");
};

/** Whether the credential may make releases in a namespace, and make the namespace if there is none. */
const judgeNamespace = async (api: Api, namespace: string): Promise<void> => {
  if (!isNamespace(namespace)) throw new KubernetesError(`[${namespace}] cannot be the name of a namespace`);
  // Who may work in a namespace may not always look at it.
  const found = await api.get(`/api/v1/namespaces/${namespace}`).catch((error: unknown) => {
    if (error instanceof KubernetesError) return {};
    throw error;
  });
  if (!found && !(await may(api, "create", "", "namespaces", "")))
    throw new KubernetesError(`namespace [${namespace}] does not exist, and the credential of the runtime may not create it`);
  for (const [group, resource] of [
    ["", "secrets"],
    ["apps", "deployments"],
  ] as const)
    await judgeRight(api, "create", group, resource, namespace);
};

const judgeRight = async (api: Api, verb: string, group: string, resource: string, namespace: string): Promise<void> => {
  if (!(await may(api, verb, group, resource, namespace)))
    throw new KubernetesError(`the credential of the runtime may not ${verb} ${resource} in namespace [${namespace}]`);
};

const may = async (api: Api, verb: string, group: string, resource: string, namespace: string): Promise<boolean> => {
  const resourceAttributes = { verb, group, resource, namespace };
  const review = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", spec: { resourceAttributes } };
  const { status, body } = await api.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
  if (status !== 201)
    throw new KubernetesError(`the API server does not say what the credential of the runtime may do: ${messageOf(body)}`);
  return objectIn(body, "status").allowed === true;
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
