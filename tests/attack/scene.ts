import { randomBytes } from "node:crypto";
import { bundles, operations } from "../../schemas/generated/http.ts";
import { eventually } from "../eventually.ts";
import { archiveOf, devkitFiles, templateOf } from "../services/packages/package-fixtures.ts";
import { type Answer, type Caller, caller, ok } from "../world/requests.ts";
import type { Inside, Target } from "./target.ts";

/** Somebody who has signed in. */
export type Person = {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly call: Caller["call"];
  readonly caller: Caller;
  readonly accessToken: string;
  readonly refreshToken: string;
};
export type Tokens = { readonly access_token: string; readonly refresh_token: string; readonly id_token: string };
type Client = { readonly id: string; readonly secret: string };

/** The roles that people of the scene have; those with modules are made for the scene. */
const allModules = [...new Set(Object.values(bundles).map(({ module }) => module))];
const custom = { mighty: allModules, manager: ["m0", "m4"], viewer: ["m0"] } as const;

/** A program that stays until it is ended, and takes a password from its environment. */
const program = `
if (process.argv[2] === "end") process.exit(0);
setTimeout(() => process.exit(99), 900_000);
`;
const serving = {
  "shop/program.cjs": program,
  "shop/cluster.json.tmpl": templateOf(
    { services: { start: { cmd: "node program.cjs stay" }, stop: { cmd: "node program.cjs end" } }, env: { TOKEN: "{{env.secret}}" } },
    { env: { URL: "db://me:{{env.secret}}@host" } },
  ),
};
/** A configuration that fits the application's. */
export const confOf = (secret = ""): string => JSON.stringify({ cluster: { subnet: "any" }, ...(secret && { env: { secret } }) });

const fresh = (): string => randomBytes(5).toString("hex");
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** Every bundle of some modules at level all, as ModifyRoleModule takes it. */
export const moduleForm = (modules: readonly string[], level = "all") => ({
  module_elem_set: modules.map((module_id) => ({
    ...{ module_id, data_level: level },
    feature_set: [{ checked_action_bundle_id_set: Object.keys(bundles).filter((id) => bundles[id]?.module === module_id) }],
  })),
});

/** People and things on a platform, made over HTTP when an attack first asks for them. */
export const sceneOn = (target: Target) => {
  const at = { urlOf: () => target.url, isServed: () => false };
  const stranger = caller(at, undefined);
  const bearer = (token: string): Caller => caller(at, `Bearer ${token}`);

  /** Asks for a token as a client. */
  const grant = (client: Client, fields: object, headers?: Readonly<Record<string, string>>): Promise<Answer> =>
    stranger.call("Token", { client_id: client.id, client_secret: client.secret, ...fields }, headers);
  const tokensOf = async (client: Client, fields: object): Promise<Tokens> => ok(grant(client, fields));
  const login = (username: string, password: string, client = target.loginClient): Promise<Tokens> =>
    tokensOf(client, { grant_type: "password", username, password });
  const personOf = async (userId: string, email: string, password: string): Promise<Person> => {
    const { access_token, refresh_token } = await login(email, password);
    const by = bearer(access_token);
    return { ...{ userId, email, password, caller: by, call: by.call }, accessToken: access_token, refreshToken: refresh_token };
  };

  const admin = once(async () => {
    const { email, password } = target.administrator;
    const by = await personOf("", email, password);
    const { user_set = [] } = await ok(by.call("DescribeUsers", { email }));
    return { ...by, userId: String(user_set[0]?.user_id) };
  });
  /** The operators' client, which acts as the system. */
  const system = once(async () => bearer((await tokensOf(target.operators, { grant_type: "client_credentials" })).access_token));

  const made = async (
    by: { readonly call: Caller["call"] },
    operation: "CreateUser" | "IsvCreateUser",
    role_id: string,
  ): Promise<Person> => {
    const [email, password] = [`${role_id}-${fresh()}@attack.example`, `a good password ${fresh()}`];
    const { user_id } = await ok(by.call(operation, { email, password, role_id }));
    return personOf(user_id, email, password);
  };
  /** A new user with a role. */
  const somebody = async (role: string): Promise<Person> => made(await admin(), "CreateUser", role);
  /** A new member of a vendor's group. */
  const member = (of: Person, role: string): Promise<Person> => made(of, "IsvCreateUser", role);
  const customRole = async (modules: readonly string[], level = "all", portal = "global_admin"): Promise<string> => {
    const { call } = await admin();
    const { role_id } = await ok(call("CreateRole", { role_name: `role ${fresh()}`, portal }));
    await ok(call("ModifyRoleModule", { role_id, module: moduleForm(modules, level) }));
    return role_id;
  };
  const withRole = (name: keyof typeof custom) => once(async () => somebody(await customRole(custom[name])));
  const vendor = once(() => somebody("isv"));
  const otherVendor = once(() => somebody("isv"));

  const people = {
    ...{ admin, system, vendor, otherVendor },
    /** Another administrator, whom the system made. */
    peer: once(async () => made({ call: (await system()).call }, "CreateUser", "global_admin")),
    user: once(() => somebody("user")),
    otherUser: once(() => somebody("user")),
    /** Of the first vendor. */
    developer: once(async () => member(await vendor(), "developer")),
    /** Of the other vendor. */
    otherDeveloper: once(async () => member(await otherVendor(), "developer")),
    /** A custom role of portal global_admin with all modules at level all; one that manages people; one that sees. */
    ...{ mighty: withRole("mighty"), manager: withRole("manager"), viewer: withRole("viewer") },
  };

  const packageOf = async (version: string, more: Readonly<Record<string, string>> = {}): Promise<string> => {
    const described = JSON.parse(devkitFiles["shop/package.json"]);
    const files = { ...devkitFiles, ...serving, "shop/package.json": JSON.stringify({ ...described, version }), ...more };
    return Buffer.from(await archiveOf(files)).toString("base64");
  };
  /** A new application with one version, a draft. */
  const application = async (by: Person, more: Readonly<Record<string, string>> = {}): Promise<{ appId: string; versionId: string }> => {
    const version_package = await packageOf("1.0.0", more);
    const { app_id, version_id } = await ok(by.call("CreateApp", { name: `app ${fresh()}`, version_type: "vmbased", version_package }));
    return { appId: app_id, versionId: version_id };
  };
  /** One that an administrator has passed and its owner released. */
  const released = async (by: Person, more: Readonly<Record<string, string>> = {}) => {
    const made = await application(by, more);
    const version_id = made.versionId;
    await ok(by.call("SubmitAppVersion", { version_id }));
    await ok((await admin()).call("AdminPassAppVersion", { version_id }));
    await ok(by.call("ReleaseAppVersion", { version_id }));
    const { call } = await people.user();
    await eventually("the version is in the store", async () => (await call("GetAppVersionPackage", { version_id })).status === 200);
    return made;
  };
  const credential = async (by: Person, content = JSON.stringify({ token: target.inside?.localToken ?? "none" }), provider = "local") =>
    String(
      (await ok(by.call("CreateRuntimeCredential", { provider, name: "mine", runtime_credential_content: content }))).runtime_credential_id,
    );
  const runtime = async (by: Person, runtime_credential_id: string): Promise<string> =>
    String((await ok(by.call("CreateRuntime", { name: "here", provider: "local", zone: "local", runtime_credential_id }))).runtime_id);
  /** A cluster of the version in the store, once it is deployed. */
  const cluster = async (by: Person, secret = "") => {
    const { appId: app_id, versionId: version_id } = await inStore();
    const runtime_id = await runtime(by, await credential(by));
    const { cluster_id, job_id } = await ok(by.call("CreateCluster", { app_id, version_id, runtime_id, conf: confOf(secret) }));
    const status = await jobEnded(by, job_id);
    if (status !== "successful") {
      const { task_set = [] } = await ok(by.call("DescribeTasks", { job_id }));
      const said = task_set.map((task: { readonly directive: string; readonly message?: string }) => task.message).filter(Boolean);
      throw new Error(`the cluster was not deployed: its job is ${status}: ${said.join("; ")}`);
    }
    const cease = async (): Promise<void> => {
      const ceased = await ok(by.call("CeaseClusters", { cluster_id: [cluster_id], force: true }));
      await jobEnded(by, [ceased.job_id].flat()[0]);
    };
    return { clusterId: String(cluster_id), jobId: String(job_id), runtimeId: runtime_id, cease };
  };
  /** Waits until a job has ended, and gives its status. */
  const jobEnded = (by: Person, job_id: string): Promise<string> =>
    eventually(`the end of ${job_id}`, async () => {
      const { job_set = [] } = await ok(by.call("DescribeJobs", { job_id }));
      const status = String(job_set[0]?.status);
      return ["successful", "failed"].includes(status) && status;
    });

  const inStore = once(async () => released(await people.developer()));
  return {
    target,
    ...{ stranger, bearer, grant, tokensOf, login, fresh, somebody, member, customRole, people },
    ...{ packageOf, application, released, credential, runtime, cluster, jobEnded },
    /** A draft of the first vendor's developer, and a released version of theirs. */
    draft: once(async () => application(await people.developer())),
    inStore,
    /** What only a platform of one's own shows. */
    inside: (): Inside => {
      if (!target.inside) throw new Error("the attack needs a platform of its own");
      return target.inside;
    },
    operations,
  };
};
export type Scene = ReturnType<typeof sceneOn>;
