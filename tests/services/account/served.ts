import { randomBytes } from "node:crypto";
import { memoryBlobs } from "../../../events/memory/blobs.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Clock, Documents } from "../../../events/ports.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { account } from "../../../services/account/service.ts";
import { withAccess } from "../../../services/chassis/access/access.ts";
import { sealing } from "../../../services/chassis/access/sealing.ts";
import { edgeOf } from "../../../services/chassis/http/edge.ts";
import { readsFor } from "../../../services/chassis/http/reads.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { type Environment, readConfig } from "../../../services/chassis/process/config.ts";
import { staticDirectory } from "../../../services/chassis/process/discovery.ts";
import { silent } from "../../../services/chassis/process/logging.ts";
import { metrics } from "../../../services/chassis/process/metrics.ts";
import { serve } from "../../../services/chassis/serve.ts";

export const client = { id: "first-client", secret: "first secret" };
export const administrator = { email: "admin@example.org", password: "correct horse" };

const writingLate = (documents: Documents, milliseconds: number): Documents => ({
  ...documents,
  write: async (...written) => {
    await systemClock.sleep(milliseconds);
    return documents.write(...written);
  },
});

const alone = () => Promise.reject(new Error("no other service runs here"));

/** The account service as it runs, over HTTP and on real keys, with everything outside it in memory; read models are written so many milliseconds late. */
export const served = async (environment: { readonly [name: string]: string } = {}, late = 0) => {
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => Date.now() + ahead };
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
  const base = {
    KAFKA_BROKERS: "localhost:1",
    MONGODB_URL: "mongodb://localhost:1",
    PITRIX_SEALING_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    PITRIX_BOOTSTRAP_CLIENT: `${client.id}:${client.secret}`,
    PITRIX_BOOTSTRAP_ADMIN: `${administrator.email}:${administrator.password}`,
    PITRIX_PARTITIONS: "2",
    ...environment,
  };
  const configured = (given: Environment) => {
    const config = readConfig(given, [{ name: "account", place: 0, settings: account.settings ?? {} }]);
    return { config, settings: config.settingsOf("account") };
  };
  const { config, settings } = configured(base);
  const database = memoryDatabase();
  const log = memoryLogBroker({ clock }).connect();
  const sealed = await sealing({ log, clock }, config.sealingKeys, random, { partitions: 1 });
  const blobs = memoryBlobs(database, kind);
  const edge = edgeOf({ sealing: sealed, blobs, clock, random });
  const ports = {
    store: memoryStore(database, kind, clock.now),
    documents: late > 0 ? writingLate(memoryDocuments(database, kind), late) : memoryDocuments(database, kind),
    parking: memoryParking(database, kind),
    log,
    clock,
  };
  const printed: string[] = [];
  const tools = {
    ...{
      name: "account",
      config,
      settings,
      clock,
      log,
      logger: silent,
      metrics: metrics("account"),
      edge,
      random,
      blobs,
      document: readsFor(collections(account.projections), ports.documents, undefined).get,
      print: (line: string) => void printed.push(line),
    },
    ...{ fetchBlob: alone, call: alone, directory: staticDirectory(new Map()) },
    guard: <T>(_: string, __: number, run: (signal: AbortSignal) => Promise<T>) => run(new AbortController().signal),
  };
  const start = (id: string, more: Environment = {}) =>
    serve(
      withAccess(account),
      { ...tools, metrics: metrics("account"), ...configured({ ...base, ...more }) },
      { id, port: 0, address: "127.0.0.1", ports, sealing: sealed },
    );
  const serving = await start("account-1");

  const call = async (
    token: string | undefined,
    method: string,
    path: string,
    fields: object = {},
    headers: Record<string, string> = {},
  ) => {
    const reads = method === "GET";
    const query = new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, String(each)])),
    );
    const response = await fetch(`${serving.url}${path}${reads ? `?${query}` : ""}`, {
      method,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(reads ? {} : { body: JSON.stringify(fields) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field.
    const body: any = await response.json();
    return { status: response.status, body, name: body.details?.[0]?.error_name, position: response.headers.get("pitrix-position") };
  };
  const token = (fields: object, headers: Record<string, string> = {}) =>
    call(undefined, "POST", "/v1/oauth2/token", { client_id: client.id, client_secret: client.secret, ...fields }, headers);
  const signIn = async (username: string, password: string): Promise<string> => {
    const { body } = await token({ grant_type: "password", username, password });
    return body.access_token;
  };

  return {
    ...{ call, token, signIn, printed, start, serving, database },
    passTime: (milliseconds: number) => {
      ahead += milliseconds;
    },
    stop: async () => {
      await serving.stop();
      await sealed.stop();
      await log.close();
    },
  };
};
