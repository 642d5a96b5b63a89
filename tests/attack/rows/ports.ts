import { createHmac } from "node:crypto";
import { MongoClient } from "mongodb";
import { databaseOf } from "../../../infra/platform/platform.ts";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { operatedTable } from "../../../services/chassis/operator/internal-table.ts";
import { ask } from "../../world/requests.ts";
import type { Attack } from "../attack.ts";

/** Stands for all that the routes of a service would use: nothing is asked of them here but their paths. */
const anything: unknown = new Proxy(() => anything, { get: () => anything, apply: () => anything });
const internal = operatedTable(anything as never, async () => []);
const forAnybody = ["/livez", "/readyz", "/metrics"];
const all = Object.keys(operations) as OperationId[]; // Its keys are exactly these.
const isPublic = (id: OperationId): boolean => operations[id].public;
const filled = (path: string): string => path.replace(/\{\w+\}|(?<=\/):\w+/g, "x");
const init = (method: string, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: method.toUpperCase(),
  headers: { "content-type": "application/json", ...headers },
  ...(method !== "get" && { body: "{}" }),
});

/** The names of what a client of the document store finds in a database, or how it is refused. */
const found = async (url: string, database: string): Promise<string> => {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 3_000 });
  try {
    await client.connect();
    const collections = await client.db(database).listCollections().toArray();
    return `${collections.length} collections`;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 120) : String(error);
  } finally {
    await client.close();
  }
};

/** The ports of services, which people are not meant to reach. */
export const ports: readonly Attack[] = [
  {
    class: "ports",
    name: "ask a service without the gateway, with no token or a false one",
    has: "a way to the services' ports",
    holds: "everything but probes and metrics is 401, on every port",
    needs: "inside",
    long: true,
    run: async ({ inside, target }, { holds, control }) => {
      const strangers = [{}, { authorization: "Bearer nobody.knows.me" }, { authorization: "Basic YTpi" }];
      const wrong: string[] = [];
      let asked = 0;
      const expect401 = async (url: string, method: string, path: string) => {
        for (const headers of strangers) {
          asked += 1;
          const { status } = await ask(`${url}${filled(path)}`, init(method, headers));
          if (status !== 401) wrong.push(`${method} ${path} is ${status}`);
        }
      };
      for (const { name, url, operationsUrl } of inside().services) {
        for (const { method, path } of internal) if (!forAnybody.includes(path)) await expect401(operationsUrl, method, path);
        const own = all.filter((id) => !isPublic(id) && (name === "api" || operations[id].service === name));
        for (const id of own) await expect401(url, operations[id].method, operations[id].path);
        for (const path of forAnybody) control(`${name} ${path} is for anybody`, (await ask(`${operationsUrl}${path}`)).status < 500);
      }
      holds(`${asked} requests`, wrong.length === 0, wrong.length === 0 ? "all are 401" : wrong.slice(0, 5).join("; "));
      const entry = inside().services.find(({ url }) => url === target.url);
      control("the gateway is among them", entry !== undefined);
    },
  },
  {
    class: "ports",
    name: "name oneself by headers, as a gateway would",
    has: "a way to the services' ports, or a user's token",
    holds: "who calls follows from the token alone",
    needs: "inside",
    run: async ({ inside, people, target }, { holds, control }) => {
      const [user, admin] = [await people.user(), await people.admin()];
      const forged = {
        ...{
          sender: "system",
          "x-user-id": admin.userId,
          "x-openpitrix-user": "system",
          "x-remote-user": "system",
          "x-auth-user": "system",
        },
        ...{
          "pitrix-actor": "system",
          "pitrix-user": "system",
          "grpc-metadata-sender": '{"user_id":"system"}',
          "x-forwarded-user": "system",
        },
        ...{
          "pitrix-address": "192.0.2.1 AAAA",
          "x-original-url": "/internal/status",
          "x-rewrite-url": "/internal/status",
          "x-http-method-override": "DELETE",
        },
      };
      for (const { name, url } of inside().services) {
        const [id] = all.filter((each) => operations[each].service === (name === "api" ? "account" : name) && !isPublic(each));
        if (!id) continue;
        const { method, path } = operations[id];
        const { status } = await ask(`${url}${filled(path)}`, init(method, forged));
        holds(`${name}: ${id} without a token`, status === 401, String(status));
      }
      const account = inside().services.find(({ name }) => name === "account");
      for (const url of [target.url, account?.url ?? ""]) {
        const seen = await ask(`${url}/v1/users`, init("get", { ...forged, authorization: `Bearer ${user.accessToken}` }));
        holds("with a user's token one is this user", seen.body.total_count === 1, JSON.stringify(seen.body).slice(0, 100));
        const override = await ask(
          `${url}/v1/users?user_id=${admin.userId}`,
          init("get", { ...forged, authorization: `Bearer ${user.accessToken}` }),
        );
        holds("nor is a method overridden", override.status === 200, String(override.status));
      }
      const { body } = await admin.call("DescribeUsers", {});
      control("an administrator sees more", body.total_count > 1);
    },
  },
  {
    class: "ports",
    name: "use the routes for operators and services",
    has: "a user's token, and a way to the services' ports",
    holds: "they are for administrators and services of the platform",
    needs: "inside",
    long: true,
    run: async ({ inside, people }, { holds, control }) => {
      const [user, mighty, system] = [await people.user(), await people.mighty(), await people.system()];
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const text = `${part({ alg: "HS256", kid: "k1", typ: "service+jwt" })}.${part({ iss: "account", iat: 1, exp: 4_000_000_000 })}`;
      const proofs = [
        `${text}.${createHmac("sha256", "").update(text).digest("base64url")}`,
        `${part({ alg: "none" })}.${part({ iss: "account" })}.`,
      ];
      const wrong: string[] = [];
      for (const { name, operationsUrl } of inside().services)
        for (const { method, path, access } of internal) {
          if (access === "anybody") continue;
          for (const token of [user.accessToken, mighty.accessToken, ...proofs]) {
            const { status } = await ask(`${operationsUrl}${filled(path)}`, init(method, { authorization: `Bearer ${token}` }));
            if (status !== 401 && status !== 403) wrong.push(`${name} ${path} is ${status}`);
          }
        }
      holds(
        "user's tokens, a custom role's, forged proofs",
        wrong.length === 0,
        wrong.length === 0 ? "all are 401 or 403" : wrong.slice(0, 5).join("; "),
      );
      for (const { name, operationsUrl } of inside().services) {
        const { status } = await ask(`${operationsUrl}/internal/status`, init("get", { authorization: String(system.authorization) }));
        control(`${name}: the operators' client may`, status === 200, String(status));
      }
    },
  },
  {
    class: "ports",
    name: "find what is for operators on the port that people reach",
    has: "the operators' client",
    holds: "the public port has no probes, metrics or internal routes",
    run: async ({ target, people }, { holds, control }) => {
      const { authorization } = await people.system();
      const headers = { authorization: String(authorization) };
      const paths = internal.map(({ path }) => filled(path));
      for (const path of [...paths, "/metrics/", "//metrics", "/%6detrics", "/v1/../metrics", "/internal", "/debug/pprof", "/.env"]) {
        const { status } = await ask(`${target.url}${path}`, { headers });
        holds(path, status === 404 || status === 501, String(status));
      }
      control("the port answers", (await ask(`${target.url}/v1/openapi.json`)).status === 200);
    },
  },
  {
    class: "ports",
    name: "read the document store without a login, or another service's database",
    has: "a way to the store's port, or the password of one service",
    holds: "a service's user has its own database",
    needs: "processes",
    run: async ({ inside }, { holds, control }) => {
      const { processes } = inside();
      if (!processes) throw new Error("there are no processes");
      const { storeUrl } = processes;
      const account = databaseOf("account");
      const attempts = {
        "without a login": storeUrl("account")
          .replace(/\/\/[^@]*@/, "//")
          .replace(/authSource=\w+&?/, ""),
        "as repo": storeUrl("repo"),
        "with a guessed password": storeUrl("account").replace(/:[^:@]*@/, ":guessed@"),
      };
      for (const [what, url] of Object.entries(attempts)) {
        const said = await found(url, account);
        holds(`the account service's database ${what}`, /requires authentication|not authorized|Authentication failed/i.test(said), said);
      }
      const own = await found(storeUrl("account"), account);
      control("the account service reads its own", /^[1-9]\d* collections$/.test(own), own);
    },
  },
];
