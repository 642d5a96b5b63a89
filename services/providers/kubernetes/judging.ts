import { text } from "../../packages/json.ts";
import { type Api, messageOf, versionOf } from "./api.ts";
import { isNamespace } from "./names.ts";
import { listIn, objectIn } from "./observed.ts";
import { KubernetesError } from "./ports.ts";

/** The names of the namespaces that a credential sees, 500 at most. */
export const namespacesOf = async (api: Api): Promise<readonly string[]> =>
  listIn((await api.get("/api/v1/namespaces?limit=500")) ?? {}, "items").map((each) => text(objectIn(each, "metadata").name));

export const judgeAccess = async (api: Api, namespace: string): Promise<void> => {
  await versionOf(api);
  if (namespace !== "") return judgeNamespace(api, namespace);
  // The version is for everybody, this question for whomever the server knows; the answer does not matter.
  await may(api, "create", "", "namespaces", "");
};

/** Whether the credential may make releases in a namespace, and make the namespace if there is none. */
export const judgeNamespace = async (api: Api, namespace: string): Promise<void> => {
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

export const judgeRight = async (api: Api, verb: string, group: string, resource: string, namespace: string): Promise<void> => {
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
