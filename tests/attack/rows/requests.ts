import { gzipSync } from "node:zlib";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { apiDocument } from "../../../services/chassis/http/document.ts";
import { requestOf } from "../../access/cells.ts";
import { type Attack, shown } from "../attack.ts";

const MEBIBYTE = 1024 * 1024;

type Schema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: { readonly [name: string]: Schema };
  readonly [keyword: string]: unknown;
};
const document = apiDocument();
const resolved = (schema: Schema): Schema => {
  const found = schema.$ref
    ?.split("/")
    .slice(1)
    .reduce<unknown>((value, name) => Object(value)[name.replaceAll("~1", "/")], document);
  return found === undefined ? schema : resolved(found as Schema); // The contract's own tests check that it is OpenAPI.
};
type Text = { readonly operation: OperationId; readonly field: string; readonly isList: boolean };
/** Every text in the body of a request that has no closed set of values and is no file. */
const texts: readonly Text[] = Object.values(document.paths).flatMap((methods) =>
  Object.values(methods).flatMap((described) => {
    const { operationId, requestBody } = Object(described);
    const body = requestBody && resolved(requestBody.content["application/json"].schema);
    return Object.entries<Schema>(body?.properties ?? {}).flatMap(([field, schema]) => {
      const given = resolved(schema);
      const one = given.type === "array" ? resolved(given.items ?? {}) : given;
      const isText = one.type === "string" && !("enum" in one) && !("const" in one) && !("format" in one);
      return isText ? [{ operation: operationId as OperationId, field, isList: given.type === "array" }] : [];
    });
  }),
);

/** A file where one is required: an empty one counts as missing. */
const present = (operation: OperationId): object =>
  Object.fromEntries(operations[operation].required.flatMap((name) => (name.endsWith("package") ? [[name, "AAAA"]] : [])));

/** Requests that are malformed on purpose. */
export const requests: readonly Attack[] = [
  {
    class: "requests",
    name: "put NUL, half a character or 70,000 characters into every text of every request",
    has: "the operators' client",
    holds: "400 before anything is committed",
    long: true,
    run: async ({ people }, { holds, control }) => {
      const { call } = await people.system();
      const bad = { NUL: "a\0b", "half a character": "a\ud800", "70,000 characters": "x".repeat(70_000) };
      const wrong: string[] = [];
      let asked = 0;
      for (const { operation, field, isList } of texts)
        for (const [what, text] of Object.entries(bad)) {
          asked += 1;
          const request = { ...requestOf(operation, field, "own", undefined), ...present(operation), [field]: isList ? [text] : text };
          const { status, error } = await call(operation, request);
          const isRefused = status === 400 && ["illegal_parameter_format", "unsupported_parameter_value"].includes(error ?? "");
          if (!isRefused && status !== 413) wrong.push(`${operation}.${field}: ${what} is ${status} ${error}`);
        }
      holds(`${asked} texts`, wrong.length === 0, wrong.length === 0 ? "all are refused" : wrong.slice(0, 5).join("; "));
      control("the contract has many texts", asked > 300, `${asked}`);
      const good = await call("ModifyApp", { app_id: "app-none", name: "a good text" });
      control("a good text is not", good.status === 404 || good.status === 403, shown(good));
    },
  },
  {
    class: "requests",
    name: "send bodies that are too large, too deep, too many, or compressed to nothing",
    has: "user",
    holds: "a clear refusal before the body is worked on",
    run: async ({ people, target }, { refused, holds, allowed }) => {
      const { caller, accessToken } = await people.user();
      const create = (body: unknown) => caller.post("/v1/runtimes/credentials", body);
      await refused("a body of 2 MB", create(JSON.stringify({ name: "x".repeat(2 * MEBIBYTE) })), "413");
      await refused("a body of half a million lists", create(`{"name":[${"[],".repeat(500_000)}[]]}`), "413 request_too_large");
      await refused(
        "a body that nests 100,000 deep",
        create(`{"name":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
        "400 request_parse_failed",
      );
      await refused("not JSON", create("{"), "400 request_parse_failed");
      await refused("a list in the place of fields", create("[1]"), "400");
      await refused(
        "1,001 ids",
        caller.remove("/v1/runtimes/credentials", { runtime_credential_id: Array.from({ length: 1_001 }, (_, n) => `r-${n}`) }),
        "400",
      );
      await refused(
        "an idempotency key of 300 characters",
        caller.post(
          "/v1/runtimes/credentials",
          { provider: "local", name: "x", runtime_credential_content: '{"token":"x"}' },
          { "idempotency-key": "k".repeat(300) },
        ),
        "400",
      );
      await refused("a position that is none", caller.get("/v1/apps", { "pitrix-wait-for": "app/../x@@" }), "400");
      const bomb = gzipSync(JSON.stringify({ name: "x".repeat(8 * MEBIBYTE) }));
      const headers = { "content-type": "application/json", "content-encoding": "gzip", authorization: `Bearer ${accessToken}` };
      const answer = await fetch(`${target.url}/v1/runtimes/credentials`, { method: "POST", headers, body: bomb });
      holds("8 MB packed into 8 kB", answer.status === 413, String(answer.status));
      await answer.arrayBuffer();
      await allowed("a good body", create({ provider: "local", name: "x", runtime_credential_content: '{"token":"x"}' }));
    },
  },
  {
    class: "requests",
    name: "smuggle operators, expressions and slow patterns into queries",
    has: "user",
    holds: "a query field is a text: it matches literally, and shows one's own rows only",
    run: async ({ people, draft }, { holds, control, allowed }) => {
      const user = await people.user();
      const { appId } = await draft();
      for (const query of [
        "user_id[$ne]=x",
        "user_id[$gt]=",
        "user_id[]=&user_id[$regex]=.*",
        `user_id=${encodeURIComponent('{"$ne":""}')}`,
        "search_word=.*",
        `search_word=${encodeURIComponent("^(a+)+$")}`,
        "sort_key=$where&reverse=true",
        "sort_key=__proto__",
        "display_columns=password_hash",
        "limit=200&offset=0&owner_path=",
        `owner=${encodeURIComponent("$ne")}`,
      ]) {
        const answer = await user.caller.get(`/v1/users?${query}`);
        const seen = (answer.body.user_set ?? []).map(({ user_id }: { readonly user_id: string }) => user_id);
        const isFine =
          (answer.status === 400 || (answer.status === 200 && seen.every((id?: string) => id === undefined || id === user.userId))) &&
          answer.milliseconds < 5_000;
        holds(query, isFine && !JSON.stringify(answer.body).includes("hash"), shown(answer).slice(0, 100));
      }
      for (const word of ["a".repeat(255), "(.*)*".repeat(50), "\\".repeat(100)]) {
        const answer = await user.caller.get(`/v1/apps?search_word=${encodeURIComponent(word)}`);
        holds(
          `search for ${word.slice(0, 10)}…`,
          answer.status === 200 && answer.milliseconds < 5_000 && !JSON.stringify(answer.body).includes(appId),
          shown(answer).slice(0, 60),
        );
      }
      for (const [field, value] of [
        ["limit", "-1"],
        ["limit", "1e9"],
        ["offset", "-5"],
        ["offset", "99999999999999999999"],
      ] as const) {
        const answer = await user.caller.get(`/v1/apps?${field}=${value}`);
        holds(`${field}=${value}`, answer.status < 500, shown(answer).slice(0, 60));
      }
      const { body } = await user.caller.get("/v1/users");
      control("without tricks one sees oneself", JSON.stringify(body).includes(user.userId));
      await allowed("and searches", user.call("DescribeApps", { search_word: "shop" }));
    },
  },
  {
    class: "requests",
    name: "make one request wait for a thousand positions, or the gateway compare a costly schema",
    has: "user",
    holds: "a request costs about what others cost, and others are served meanwhile",
    run: async ({ people, fresh }, { holds, control }) => {
      const { caller, call } = await people.user();
      const positions = Array.from({ length: 700 }, (_, nth) => `app/app-${nth}@1`).join(", ");
      const [many, meanwhile] = await Promise.all([caller.get("/v1/apps", { "pitrix-wait-for": positions }), call("DescribeUsers")]);
      holds("700 positions", many.milliseconds < 5_000, `${many.status} after ${many.milliseconds.toFixed(0)} ms`);
      holds(
        "others are served",
        meanwhile.status === 200 && meanwhile.milliseconds < 5_000,
        `after ${meanwhile.milliseconds.toFixed(0)} ms`,
      );
      const record = (type: unknown) =>
        JSON.stringify({ type: "record", name: "UserCreated", namespace: "pitrix.user", fields: [{ name: "userId", type }] });
      const schemas = {
        "nests 2,000 deep": record("string").replace('"string"', `${'{"type":"array","items":'.repeat(2_000)}"string"${"}".repeat(2_000)}`),
        "a union of 2,000 records": record(Array.from({ length: 2_000 }, (_, nth) => ({ type: "record", name: `R${nth}`, fields: [] }))),
        "an enumeration of 9,000": record({ type: "enum", name: "E", symbols: Array.from({ length: 9_000 }, (_, nth) => `S${nth}`) }),
        "names of its prototype": record({ type: "record", name: "__proto__", fields: [{ name: "constructor", type: "toString" }] }),
        "not a schema": "{",
      };
      for (const [what, schema] of Object.entries(schemas)) {
        const answer = await caller.post("/compatibility/subjects/pitrix.user-value/versions/latest", { schema });
        holds(what, answer.status < 500 && answer.milliseconds < 5_000, `${answer.status} after ${answer.milliseconds.toFixed(0)} ms`);
      }
      for (const [method, path] of [
        ["DELETE", "/subjects/pitrix.user-value"],
        ["PUT", "/config"],
        ["PUT", "/mode"],
        ["POST", `/subjects/${fresh()}/versions`],
      ] as const) {
        const { status } = await caller.request(method, path, { schema: '"string"', compatibility: "NONE", mode: "READWRITE" });
        holds(`${method} ${path.replace(/subjects\/[\da-f]+/, "subjects/new")}`, status >= 400 && status < 500, String(status));
      }
      const subjects = await caller.get("/subjects");
      control("schemas are for everybody", subjects.status === 200);
    },
  },
];
