import { ApiError, type Caller, eventually, type Json, login } from "./client.ts";
import type { ServedRepository } from "./serve.ts";

/** State that the steps of the demo share. */
export type Context = {
  readonly url: string;
  readonly client: { readonly id: string; readonly secret: string };
  readonly loginClient: { readonly id: string; readonly secret: string };
  readonly administrator: { readonly email: string; readonly password: string };
  readonly localToken: string;
  /** The kubeconfig of a cluster, if there is one. */
  readonly kubeconfig?: string | undefined;
  readonly repository: ServedRepository;
  /** The id of the request that creates the cluster, to follow its events. */
  readonly request: string;
  readonly facts: { [name: string]: string };
  readonly callers: { [name: string]: Caller };
};
/** Shows a line below the step while it runs. */
export type Show = (line: string) => void;
export type Step = { readonly title: string; readonly run: (context: Context, show: Show) => Promise<string | undefined> };

const demand = (holds: boolean, sentence: string): void => {
  if (!holds) throw new Error(sentence);
};
const fact = ({ facts }: Context, name: string): string => facts[name] ?? fail(`the demo has no value for ${name} yet`);
const as = ({ callers }: Context, name: string): Caller => callers[name] ?? fail(`no caller is logged in as ${name}`);
const fail = (sentence: string): never => {
  throw new Error(sentence);
};

/** Expects the call to fail with this status. */
const refused = async (call: Promise<Json>, status: number): Promise<string> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError && error.status === status) return `${status} ${error.errorName}`;
    throw error;
  }
  throw new Error(`expected a refusal with status ${status}, but the call succeeded`);
};

/** The step, or what the provider says of an action that it cannot do. */
const orUnsupported = ({ title, run }: Step): Step => ({
  title,
  run: async (context, show) => {
    try {
      return await run(context, show);
    } catch (error) {
      const [said] = error instanceof ApiError ? (/provider \[\w+\] does not support \w+/.exec(error.message) ?? []) : [];
      if (said === undefined) throw error;
      return `refused, since ${said}`;
    }
  },
});

const people = ["developer", "isv", "business", "technical"] as const;
const passwords = Object.fromEntries(people.map((name) => [name, crypto.randomUUID()]));

const logIn: Step = {
  title: "Obtain a token (OAuth 2 client credentials)",
  run: async (context) => {
    context.callers.system = await login(context.url, context.client);
    context.callers.admin = await login(context.url, context.loginClient, context.administrator);
    return `as client ${context.client.id}, and as ${context.administrator.email}`;
  },
};

const createPeople: Step = {
  title: "Create a developer and three reviewers with their roles",
  run: async (context, show) => {
    const admin = as(context, "admin");
    const reviewer = async (name: string, bundle: string): Promise<string> => {
      const { role_id } = await admin.post("/v1/roles", { role_name: `${name} reviewer`, portal: "global_admin" });
      await admin.post("/v1/roles:module", {
        role_id,
        module: {
          module_elem_set: [
            { module_id: "m1", data_level: "all", feature_set: [{ feature_id: "m1.f2", checked_action_bundle_id_set: [bundle] }] },
          ],
        },
      });
      return role_id;
    };
    const roles = {
      developer: "developer",
      isv: "isv",
      business: await reviewer("business", "business_review"),
      technical: await reviewer("technical", "technical_review"),
    };
    const { group_id } = await admin.post("/v1/groups", { name: "BookInfo" });
    for (const name of people) {
      const { user_id } = await admin.post("/v1/users", {
        email: `${name}-${group_id}@pitrix.local`,
        password: passwords[name],
        role_id: roles[name],
      });
      if (name === "developer" || name === "isv") await admin.post("/v1/groups:join", { group_id: [group_id], user_id: [user_id] });
      context.callers[name] = await login(context.url, context.loginClient, {
        email: `${name}-${group_id}@pitrix.local`,
        password: passwords[name] ?? "",
      });
      show(`${name}: ${user_id}`);
    }
    return people.join(", ");
  },
};

const index = (kind: "devkit" | "helm", provider: string): Step => ({
  title: `Create a repo of ${kind === "devkit" ? "VM packages" : "Helm charts"} and wait until it is indexed`,
  run: async (context) => {
    const developer = as(context, "developer");
    const isv = as(context, "isv");
    const owner = kind === "devkit" ? developer : isv;
    const { repo_id } = await owner.post("/v1/repos", {
      name: `bookinfo-${kind}`,
      type: "http",
      url: `${context.repository.url}/${kind}`,
      credential: "{}",
      visibility: "public",
      providers: [provider],
    });
    const { repo_event_set } = await eventually(
      `the indexing of ${repo_id}`,
      30,
      () => owner.get("/v1/repo_events", { repo_id }),
      ({ repo_event_set: [event] = [] }) => event !== undefined && event.status !== "pending",
    );
    demand(repo_event_set[0].status === "successful", `indexing failed: ${repo_event_set[0].result}`);
    const { app_set, app_version_set } = await eventually(
      "its two versions",
      30,
      async () => {
        const { app_set = [] } = await owner.get("/v1/apps", { repo_id });
        const app_id = app_set.map((app: Json) => app.app_id);
        const { app_version_set = [] } = app_id.length === 0 ? {} : await owner.get("/v1/app_versions", { app_id });
        return { app_set, app_version_set };
      },
      ({ app_version_set: found }) => found.length === 2,
    );
    context.facts[`${provider} app`] = app_set[0].app_id;
    for (const version of app_version_set) context.facts[`${provider} ${version.name.split(" ")[0]}`] = version.version_id;
    return `${repo_id}: ${app_set.map((app: Json) => app.name).join(", ")} in ${app_version_set.map((version: Json) => version.name).join(" and ")}`;
  },
});

const review: Step = {
  title: "Take version 1.0.0 through submit, review, pass and release",
  run: async (context, show) => {
    const version_id = fact(context, "local 1.0.0");
    const act = (name: string, action: string) => as(context, name).post(`/v1/app_version/action/${action}`, { version_id });
    show(`release before it has passed: ${await refused(act("developer", "release"), 400)}`);
    await act("developer", "submit");
    show(`a developer reviews: ${await refused(act("developer", "review/isv"), 403)}`);
    show(`technical before isv: ${await refused(act("technical", "review/technical"), 400)}`);
    for (const [name, phase] of [
      ["isv", "isv"],
      ["business", "business"],
      ["technical", "technical"],
    ] as const) {
      await act(name, `review/${phase}`);
      await act(name, `pass/${phase}`);
      show(`${phase}: passed`);
    }
    await act("developer", "release");
    const second = fact(context, "local 1.1.0");
    await as(context, "developer").post("/v1/app_version/action/submit", { version_id: second });
    await as(context, "admin").post("/v1/app_version/action/pass/admin", { version_id: second });
    await as(context, "developer").post("/v1/app_version/action/release", { version_id: second });
    const { app_version_set } = await eventually(
      "the released versions",
      10,
      () => as(context, "developer").get("/v1/active_app_versions", { app_id: fact(context, "local app") }),
      ({ app_version_set: set = [] }) => set.length === 2,
    );
    return `active: ${app_version_set.map((version: Json) => version.name).join(", ")}; a wrong role and a wrong order were refused`;
  },
};

/** A provider, and the person whose clusters are there: the owner of the packages. Nothing else differs but what can be looked at. */
type Place = {
  readonly provider: string;
  readonly zone: string;
  readonly owner: (typeof people)[number];
  readonly credential: (context: Context) => string;
  readonly looks: {
    readonly [after in "created" | "added" | "upgraded" | "rolledBack" | "started"]: (context: Context) => Promise<string>;
  } & { readonly gone: (context: Context) => Promise<void> };
};

const createRuntime = ({ provider, zone, owner, credential }: Place): Step => ({
  title: `Create a runtime of provider ${provider} with its credential`,
  run: async (context) => {
    const { runtime_credential_id } = await as(context, owner).post("/v1/runtimes/credentials", {
      name: `the demo's ${provider}`,
      provider,
      runtime_credential_content: credential(context),
    });
    const { runtime_id } = await as(context, owner).post("/v1/runtimes", {
      name: `the demo's ${provider}`,
      provider,
      zone,
      runtime_credential_id,
    });
    context.facts[`${provider} runtime`] = runtime_id;
    return runtime_id;
  },
});

/** Follows a job to its end and shows its tasks as a progress bar. */
const follow = async (context: Context, { owner }: Place, job_id: string, show: Show): Promise<string> => {
  const developer = as(context, owner);
  const { job_set } = await eventually(
    `the end of job ${job_id}`,
    120,
    async () => {
      const answer = await developer.get("/v1/jobs", { job_id });
      const { task_set = [] } = await developer.get("/v1/tasks", { job_id, limit: 200 });
      const [job] = answer.job_set ?? [];
      const done = task_set.filter((task: Json) => task.status === "successful").length;
      const all = job?.task_count ?? task_set.length;
      const width = 32;
      const full = all > 0 ? Math.round((done / all) * width) : 0;
      show(`${"█".repeat(full)}${"░".repeat(width - full)} ${done}/${all || "?"} tasks, job ${job?.status ?? "pending"}`);
      return answer;
    },
    ({ job_set: [job] = [] }) => job?.status === "successful" || job?.status === "failed",
  );
  demand(job_set[0].status === "successful", `job ${job_id} failed: ${job_set[0].message}`);
  return `${job_set[0].job_action}, ${job_set[0].task_count ?? 0} tasks`;
};

const cluster = async (context: Context, { provider, owner }: Pick<Place, "provider" | "owner">): Promise<Json> =>
  (await as(context, owner).get("/v1/clusters", { cluster_id: fact(context, `${provider} cluster`) })).cluster_set[0];

/** The parts of the running application's page, and the nodes that served them. */
const page = async (context: Context): Promise<Json> => {
  const { cluster_node_set } = await cluster(context, local);
  const front =
    cluster_node_set.find((node: Json) => node.role === "productpage" && node.status === "active") ?? fail("no active productpage");
  context.facts.page = `http://${front.private_ip}:9080/`;
  const answer = await fetch(`${context.facts.page}api/v1/products/0`, { signal: AbortSignal.timeout(10_000) });
  demand(answer.ok, `the productpage answers ${answer.status}`);
  return answer.json();
};
const servers = (parts: Json): readonly string[] =>
  ["details", "reviews", "ratings"].flatMap((part) =>
    parts[part]?.servedBy ? [`${part} from ${parts[part].servedBy.address ?? parts[part].servedBy}`] : [],
  );

const act = (
  place: Place,
  title: string,
  path: string,
  body: (context: Context) => Promise<object> | object,
  check: (context: Context) => Promise<string>,
): Step => ({
  title: `${title}${place.provider === "local" ? "" : ` on ${place.provider}`}`,
  run: async (context, show) => {
    const { job_id } = await as(context, place.owner).post(`/v1/clusters/${path}`, await body(context));
    const done = await follow(context, place, [job_id].flat()[0], show);
    return `${done}; ${await check(context)}`;
  },
});
const idOf = (context: Context, { provider }: Place): string => fact(context, `${provider} cluster`);
const status = async (context: Context, place: Place, wanted: string): Promise<string> => {
  const found = await cluster(context, place);
  demand(
    found.status === wanted && !found.transition_status,
    `the cluster is ${found.status} ${found.transition_status ?? ""}, expected ${wanted}`,
  );
  return wanted;
};
const silent = async (context: Context): Promise<void> => {
  const answered = await fetch(fact(context, "page"), { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
  demand(!answered, "the page still answers");
};

const local: Place = {
  ...{ provider: "local", zone: "local", owner: "developer" },
  credential: ({ localToken }) => JSON.stringify({ token: localToken }),
  looks: {
    created: async (context) => {
      const parts = await page(context);
      demand(Boolean(parts.details && parts.reviews), `the page lacks parts: ${JSON.stringify(parts).slice(0, 300)}`);
      return `${context.facts.page} with ${servers(parts).join(", ")}`;
    },
    added: async (context) => {
      const found = await cluster(context, local);
      const reviews = found.cluster_node_set.filter((node: Json) => node.role === "reviews" && node.status === "active");
      const served = new Set<string>();
      for (let turn = 0; turn < 12; turn++) served.add(JSON.stringify((await page(context)).reviews?.servedBy));
      demand(reviews.length > 1 && served.size === reviews.length, `${reviews.length} reviews nodes, ${served.size} of them serve`);
      return `${served.size} reviews nodes serve in turn`;
    },
    upgraded: async (context) => {
      const parts = await page(context);
      demand(Boolean(parts.ratings), "reviews shows no ratings after the upgrade");
      return `reviews shows stars: ${servers(parts).join(", ")}`;
    },
    rolledBack: async (context) => {
      demand(!(await page(context)).reviews?.reviews?.[0]?.rating, "reviews still shows stars");
      return "reviews no longer shows stars";
    },
    started: async (context) => {
      await page(context);
      return status(context, local, "active");
    },
    gone: silent,
  },
};

/** The pods of the cluster that are ready, by what they are. */
const pods = async (context: Context): Promise<string> => {
  const { cluster_node_set = [] } = await cluster(context, kubernetes);
  const ready = cluster_node_set.filter((node: Json) => node.status === "active").map(({ role, name }: Json) => `${name} (${role})`);
  demand(ready.length > 0, "the cluster has no pod that is ready");
  await status(context, kubernetes, "active");
  return `${ready.length} pods are ready: ${ready.join(", ")}`;
};
const kubernetes: Place = {
  ...{ provider: "kubernetes", zone: "pitrix-demo", owner: "isv" },
  credential: ({ kubeconfig }) => kubeconfig ?? fail("there is no cluster"),
  looks: { created: pods, added: pods, upgraded: pods, rolledBack: pods, started: pods, gone: async () => {} },
};

const deploy = (place: Place, conf: object): Step => {
  const { provider, owner } = place;
  return {
    title: `Create a cluster of BookInfo${provider === "local" ? "" : ` on ${provider}`} and wait until it answers`,
    run: async (context, show) => {
      const { cluster_id, job_id } = await as(context, owner).post(
        "/v1/clusters/create",
        {
          app_id: fact(context, `${provider} app`),
          version_id: fact(context, `${provider} 1.0.0`),
          runtime_id: fact(context, `${provider} runtime`),
          conf: JSON.stringify(conf),
        },
        provider === "local" ? context.request : undefined,
      );
      context.facts[`${provider} cluster`] = cluster_id;
      const done = await follow(context, place, job_id, show);
      return `${done}; ${await place.looks.created(context)}`;
    },
  };
};

/** The role of a cluster whose name ends so: that of a pod is the name of its workload. */
const roleOf = async (context: Context, place: Place, name: string): Promise<string> => {
  const { cluster_node_set = [] } = await cluster(context, place);
  return cluster_node_set.find(({ role }: Json) => role.endsWith(name))?.role ?? fail(`the cluster has no ${name}`);
};

/** The life of a cluster after its creation: the same calls on every provider. */
const operate = (place: Place): readonly Step[] => {
  const { looks, provider } = place;
  const many = (context: Context) => ({ cluster_id: [idOf(context, place)] });
  const end = (wanted: string) => async (context: Context) => {
    await looks.gone(context);
    return status(context, place, wanted);
  };
  return [
    act(
      place,
      "Add a node to reviews",
      "add_nodes",
      async (context) => ({ cluster_id: idOf(context, place), role: await roleOf(context, place, "reviews"), node_count: 1 }),
      looks.added,
    ),
    act(
      place,
      "Upgrade to version 1.1.0",
      "upgrade",
      (context) => ({ cluster_id: idOf(context, place), version_id: fact(context, `${provider} 1.1.0`) }),
      looks.upgraded,
    ),
    act(place, "Roll back to version 1.0.0", "rollback", (context) => ({ cluster_id: idOf(context, place) }), looks.rolledBack),
    act(place, "Stop the cluster", "stop", many, end("stopped")),
    act(place, "Start it again", "start", many, looks.started),
    act(place, "Delete it", "delete", many, end("deleted")),
    act(place, "Cease it", "cease", many, (context) => status(context, place, "ceased")),
  ];
};

const query: Step = {
  title: "Query the events of that request, and check that no work is pending",
  run: async (context, show) => {
    const command = await eventually(
      "the end of the request's work",
      30,
      async () => {
        const answer = await as(context, "developer").get(`/v1/commands/${context.request}`);
        const { pending = [], unknown = [] } = answer;
        show(
          `${answer.event_count} events, ${pending.length} pending${unknown.length > 0 ? `, no answer from ${unknown.join(", ")}` : ""}`,
        );
        return answer;
      },
      ({ finished }) => finished === true,
    );
    return `${command.event_count} events of ${command.service.join(", ")}; no work is pending`;
  },
};

/** The main job of the platform over HTTP, from the user's perspective. */
export const story: readonly Step[] = [
  logIn,
  createPeople,
  index("devkit", "local"),
  index("helm", "kubernetes"),
  review,
  createRuntime(local),
  deploy(local, { cluster: { name: "bookinfo" } }),
  query,
  ...operate(local),
];

/** The same application as a chart, by the same calls, where the context has a Kubernetes. */
export const storyOnKubernetes: readonly Step[] = [
  createRuntime(kubernetes),
  deploy(kubernetes, {}),
  ...operate(kubernetes).map(orUnsupported),
];
