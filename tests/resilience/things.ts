import { setTimeout as pause } from "node:timers/promises";
import { eventually, type Json } from "../../infra/demo/client.ts";
import type { ServedRepository } from "../../infra/demo/serve.ts";
import type { OperationId } from "../../schemas/generated/http.ts";
import type { Fixture, ServiceName } from "./fixture.ts";

/** Somebody who calls, and the user id under which the platform knows them. */
export type Person = { readonly userId: string; readonly token: string };

/** What one person has at one service: it is read, and given another name again and again. */
export type Thing = {
  readonly service: ServiceName;
  readonly owner: Person;
  readonly id: string;
  /** The field of its id, and the operations on it; without `change` it is only read. */
  readonly field: string;
  readonly read: OperationId;
  readonly change?: OperationId;
  /** Its name in the answer to a read, or its id where it has none. */
  readonly shown: (answer: Json) => string;
};

const nameIn = (set: string) => (answer: Json) => String(answer[set]?.[0]?.name);

/** What the demo's users have: repositories with BookInfo in them, groups, categories, runtimes, and a cluster that runs on this machine. */
export const settle = async (fixture: Fixture, url: string, repository: ServedRepository): Promise<readonly Thing[]> => {
  const { client, administrator, localToken } = fixture.secrets;
  const personOf = async (userId: string, login?: typeof administrator): Promise<Person> => ({
    ...{ userId, token: await tokenOf(url, client, login) },
  });
  const admin = callerOf(url, await personOf("admin", administrator));
  const login = { email: "developer@pitrix.local", password: crypto.randomUUID() };
  const { user_id } = await admin.post("/v1/users", { ...login, role_id: "developer" });
  const [system, owner] = [await personOf("system"), await personOf(user_id, login)];
  const [asSystem, developer] = [callerOf(url, system), callerOf(url, owner)];

  const many = <T>(count: number, make: (nth: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, nth) => make(nth)));
  const groups = await many(3, async (nth) => (await asSystem.post("/v1/groups", { name: `group ${nth}` })).group_id);
  const categories = await many(
    3,
    async (nth) => (await asSystem.post("/v1/categories", { name: `category ${nth}`, locale: "{}" })).category_id,
  );
  const repos = await many(3, async (nth) => {
    const bookinfo = nth === 0;
    const shape = { type: "http", url: `${repository.url}/${bookinfo ? "devkit" : "helm"}`, credential: "{}", visibility: "public" };
    const providers = [bookinfo ? "local" : "kubernetes"];
    return (await developer.post("/v1/repos", { name: `repo ${nth}`, ...shape, providers })).repo_id;
  });
  const runtimes = await many(3, async (nth) => {
    const shape = { name: `runtime ${nth}`, provider: "local" };
    const runtime_credential_content = JSON.stringify({ token: localToken });
    const { runtime_credential_id } = await developer.post("/v1/runtimes/credentials", { ...shape, runtime_credential_content });
    return (await developer.post("/v1/runtimes", { ...shape, zone: "local", runtime_credential_id })).runtime_id;
  });
  const { repo_event_set } = await eventually(
    "the indexing of BookInfo",
    120,
    () => developer.get("/v1/repo_events", { repo_id: repos[0] }),
    ({ repo_event_set: [event] = [] }) => event !== undefined && event.status !== "pending",
  );
  if (repo_event_set[0].status !== "successful") throw new Error(`the indexing failed: ${repo_event_set[0].result}`);
  const { app_version_set } = await eventually(
    "the versions of BookInfo",
    180,
    async () => {
      const { app_set = [] } = await developer.get("/v1/apps", { repo_id: repos[0] });
      if (app_set.length === 0) return { app_version_set: [] };
      return developer.get("/v1/app_versions", { app_id: app_set.map((app: Json) => app.app_id) });
    },
    ({ app_version_set: set = [] }) => set.length > 0,
  );
  const [{ app_id, version_id }] = app_version_set;
  const conf = JSON.stringify({ cluster: { name: "bookinfo" } });
  const { cluster_id, job_id } = await developer.post("/v1/clusters/create", { app_id, version_id, runtime_id: runtimes[0], conf });
  await eventually(
    "the cluster",
    180,
    () => developer.get("/v1/jobs", { job_id }),
    ({ job_set: [job] = [] }) => job?.status === "successful",
  );
  const { cluster_node_set } = await developer.get("/v1/clusters/nodes", { cluster_id });
  const nodes: readonly string[] = cluster_node_set.map((node: Json) => node.node_id);

  const each = (ids: readonly string[], more: Omit<Thing, "id">): readonly Thing[] => ids.map((id) => ({ id, ...more }));
  return [
    ...each(groups, {
      ...{ service: "account", owner: system, field: "group_id", read: "DescribeGroups", change: "ModifyGroup" },
      shown: (answer) => String(answer.group_set?.[0]?.name),
    }),
    ...each(repos, { service: "repo", owner, field: "repo_id", read: "DescribeRepos", change: "ModifyRepo", shown: nameIn("repo_set") }),
    ...each(categories, {
      ...{ service: "app", owner: system, field: "category_id", read: "DescribeCategories", change: "ModifyCategory" },
      shown: nameIn("category_set"),
    }),
    ...each(runtimes, {
      ...{ service: "runtime", owner, field: "runtime_id", read: "DescribeRuntimes", change: "ModifyRuntime" },
      shown: nameIn("runtime_set"),
    }),
    ...each([cluster_id], {
      ...{ service: "cluster", owner, field: "cluster_id", read: "DescribeClusters", change: "ModifyClusterAttributes" },
      shown: nameIn("cluster_set"),
    }),
    ...each(nodes, {
      ...{ service: "cluster", owner, field: "node_id", read: "DescribeClusterNodes", change: "ModifyClusterNodeAttributes" },
      shown: nameIn("cluster_node_set"),
    }),
    ...each(nodes, {
      ...{ service: "provider-local", owner, field: "node_id", read: "DescribeClusterNodeLogs" },
      shown: (answer) => String(answer.node_id),
    }),
  ];
};

const tokenOf = async (
  url: string,
  client: Fixture["secrets"]["client"],
  person?: { email: string; password: string },
): Promise<string> => {
  const grant = person
    ? { grant_type: "password", username: person.email, password: person.password }
    : { grant_type: "client_credentials" };
  const body = new URLSearchParams({ ...grant, client_id: client.id, client_secret: client.secret });
  const answer = await insistently(() => fetch(new URL("/v1/oauth2/token", url), { method: "POST", body }));
  return answer.access_token;
};

/** Asks again, as every client should, until there is an answer that is not one of the moment. */
const insistently = async (ask: () => Promise<Response>): Promise<Json> => {
  for (const until = Date.now() + 120_000; ; await pause(200)) {
    const answer = await ask();
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    const passing = answer.status >= 500 || answer.status === 429 || new URL(answer.url).pathname === "/v1/oauth2/token";
    if (!passing || Date.now() > until) throw new Error(`${answer.url}: ${answer.status} ${text}`);
  }
};

/** A caller of the command API whose commands keep their idempotency key when they are sent again. */
const callerOf = (url: string, { token }: Person) => {
  const authorization = `Bearer ${token}`;
  return {
    get: (path: string, query: { readonly [name: string]: string | readonly string[] } = {}): Promise<Json> => {
      const target = new URL(path, url);
      for (const [name, value] of Object.entries(query)) for (const each of [value].flat()) target.searchParams.append(name, each);
      return insistently(() => fetch(target, { headers: { authorization } }));
    },
    post: (path: string, body: object): Promise<Json> => {
      const headers = { authorization, "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
      return insistently(() => fetch(new URL(path, url), { method: "POST", headers, body: JSON.stringify(body) }));
    },
  };
};
