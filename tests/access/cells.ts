import type { OperationId } from "../../schemas/generated/http.ts";
import { operations } from "../../schemas/generated/http.ts";
import { identity } from "../../services/chassis/access/identity.ts";
import { allowing } from "../../services/chassis/access/rules.ts";
import { judged, plansFor } from "../../services/chassis/http/command.ts";
import { frame } from "../../services/chassis/http/frames.ts";
import { isProblem, isRejected, problemOf } from "../../services/chassis/http/problems.ts";
import { runQuery } from "../../services/chassis/http/queries.ts";
import { modelsOf, readsFor } from "../../services/chassis/http/reads.ts";
import type { HttpRow } from "../../services/chassis/http/rows.ts";
import { loadServices } from "../../services/chassis/list.ts";
import { services } from "../../services/index.ts";
import { fixtureOf, idOf, isPerson, owners } from "./fixtures.ts";
import type { Caller } from "./principals.ts";

/** Values of required fields that name no row. */
const usual: { readonly [field: string]: unknown } = {
  ...{
    name: "n",
    message: "m",
    conf: "{}",
    env: "{}",
    node_count: 1,
    from: 1,
    to: 1,
    zone: "local",
    provider: "local",
    portal: "isv",
    locale: "{}",
  },
  ...{
    type: "vmbased",
    package: "",
    password: "correct horse",
    new_password: "correct horse",
    email: "e@example.org",
    role_name: "r",
    limit: 200,
  },
};
/** Fields that are lists, although the operation is not carried out once for each. */
const lists: { readonly [operation in OperationId]?: string } = {
  ...{
    StreamEvents: "subject",
    JoinGroup: "user_id",
    LeaveGroup: "user_id",
    BindUserRole: "role_id",
    UnbindUserRole: "role_id",
    DeleteClusterNodes: "node_id",
  },
};

const edge = {
  ...{ seal: async () => "sealed", open: async () => "", destroyKey: async () => {}, hashPassword: async () => ({ passwordHash: "hash" }) },
  ...{
    hashSecret: async () => "hash",
    verifyPassword: async () => true,
    putBlob: async () => "sha256:",
    getBlob: async () => new Uint8Array(1),
  },
  ...{ randomToken: () => "token", header: () => undefined, address: "" },
  guess: (_limits: unknown, isRight: () => Promise<boolean>) => isRight(),
  places: { has: async () => false, add: async () => {} },
};
const unread = async () => ({ refused: "no package is read here" });
/** What rows need of the outside, as far as it decides about access. */
export const outside = {
  packages: { summary: unread, files: unread, replace: unread },
  runs: () => true,
  inquire: async () => ({ log: "" }),
  follow: async (id: string, sees: (owner: object) => boolean) => (sees({ ...owners[id] }) ? { id } : "hidden"),
  deliveries: async () => [],
  redrive: async () => 0,
  digest: (email: string) => email,
  send: async () => ({ delivered: true, milliseconds: 0 }),
  events: { begin: () => ({}), from: () => ({ [Symbol.asyncIterator]: everyEvent, id: () => "" }) },
};
/** An event of each row. */
async function* everyEvent() {
  yield Object.entries(owners).map(([subject, owner]) => ({ event: { id: "", type: "", subject }, owner, frame: () => frame(subject) }));
}
const ports = { clock: { now: () => Date.parse("2024-01-02") }, store: { read: async () => [] } };

/** Every operation of the platform on read models in memory: what a request would do is planned, and never committed. */
export const platform = async () => {
  const loaded = await loadServices(services);
  const { authorize } = identity({ ...ports, documents: undefined, collections: undefined, changed: undefined } as never);
  const fixtures = new Map(await Promise.all(loaded.map(async (service) => [service.name, await fixtureOf(service)] as const)));
  const rows = new Map(loaded.flatMap((service) => (service.http ?? []).map((row) => [row.operation, { row, service }] as const)));

  /** What the operation answers: its result, or the problem. */
  const answer = async (caller: Caller, operation: OperationId, given: object): Promise<unknown> => {
    const { row, service } = rows.get(operation) ?? fail(operation);
    const { documents, models } = fixtures.get(service.name) ?? fail(service.name);
    const permitted = authorize(caller, operation);
    if (!permitted) throw new Error(`${caller.name} may not call ${operation}`);
    const actor = { userId: permitted.userId, ownerPath: permitted.ownerPath };
    const fields = given as never;
    const host = { service, outside, edge: { random: (bytes: number) => new Uint8Array(bytes) }, wait: 0 };
    const instance = { collections: models, service, changed: async () => {}, foresee: async () => [] };
    if (row.kind === "command") {
      const checked = { fields, caller: permitted, requestId: "", traceparent: null, row, actor, edge, idempotency: undefined };
      const whole = { ...host, models: modelsOf(service.projections), ports: { ...ports, documents }, instance };
      const plans = await plansFor(whole as never, checked as never);
      if (isProblem(plans)) return plans;
      const allowed = await judged(whole as never, checked as never, plans);
      if (isProblem(allowed)) return allowed;
      const [plan] = allowed;
      return plan && "rejection" in plan ? problemOf(plan.rejection) : {};
    }
    const context = { actor, now: ports.clock.now() };
    if (row.kind === "query") {
      const querying = { models: modelsOf(service.projections), collections: models, documents, caller: permitted };
      return runQuery(row, fields, context, { ...querying, rowsField: operations[operation].rows ?? "", outside });
    }
    const rights = async () => ({ sees: allowing("own", permitted) });
    const result = await row.answer(fields, { ...readsFor(models, documents, permitted), ...context, edge, outside, rights } as never);
    if (isRejected(result)) return problemOf(result);
    if (row.kind !== "stream") return result;
    const sent: unknown[] = [];
    for await (const each of result as AsyncIterable<unknown>) sent.push(each); // A row of this kind gives nothing else.
    return { total_count: sent.length };
  };

  return {
    enter: async (caller: Caller): Promise<void> => {
      for (const { enter } of fixtures.values()) await enter(caller);
    },
    /** Calls an operation on a row, and says how it is refused; undefined if it is not. */
    refusal: async (caller: Caller, operation: OperationId, field: string, row: string): Promise<string | undefined> => {
      const found = await answer(caller, operation, requestOf(operation, field, row, rows.get(operation)?.row, caller));
      if (isProblem(found)) return refusals[found.name];
      const isList = /^(Describe|Stream)/.test(operation) && !("log" in Object(found)) && !("zone" in Object(found));
      return isList && !Reflect.get(Object(found), "total_count") ? "hidden" : undefined;
    },
    count: async (caller: Caller, operation: OperationId, field: string): Promise<number> =>
      Number(Reflect.get(Object(await answer(caller, operation, {})), field) ?? 0),
  };
};

const refusals: { readonly [problem: string]: string } = {
  error_resource_access_denied: "403",
  permission_denied: "403",
  auth_failure: "403",
  resource_not_found: "404",
};

const insider = { groups: ["grp-1"] };
/** The request whose field names the row; all others name the caller's own. */
export const requestOf = (
  operation: OperationId,
  field: string,
  wanted: string,
  row: HttpRow | undefined,
  { groups }: Pick<Caller, "groups"> = insider,
): object => {
  const own = (name: string) => idOf(name, groups.length > 0 || isPerson(name) ? "own" : "alone");
  const names = [...new Set([...operations[operation].required, field])];
  const each = row?.kind === "command" ? row.each : undefined;
  return Object.fromEntries(
    names.map((name) => {
      const value = name === field ? idOf(name, wanted) : (usual[name] ?? own(name));
      return [name, name === each || name === lists[operation] ? [value] : value];
    }),
  );
};

const fail = (what: string): never => {
  throw new Error(`there is no ${what}`);
};
