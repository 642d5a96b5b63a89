import { randomBytes } from "node:crypto";
import { memoryBlobs } from "../../../events/memory/blobs.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Blobs } from "../../../events/ports.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { account } from "../../../services/account/service.ts";
import { app } from "../../../services/app/service.ts";
import { withAccess } from "../../../services/chassis/access/access.ts";
import { sealing } from "../../../services/chassis/access/sealing.ts";
import { edgeOf } from "../../../services/chassis/http/edge.ts";
import { readsFor } from "../../../services/chassis/http/reads.ts";
import { systemClock as clock } from "../../../services/chassis/process/clock.ts";
import { readConfig } from "../../../services/chassis/process/config.ts";
import { staticDirectory } from "../../../services/chassis/process/discovery.ts";
import { silent } from "../../../services/chassis/process/logging.ts";
import { metrics } from "../../../services/chassis/process/metrics.ts";
import { type Serving, serve } from "../../../services/chassis/serve.ts";
import type { AnyService } from "../../../services/chassis/service.ts";
import type { Tools } from "../../../services/chassis/tools.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";

const client = { client_id: "first-client", client_secret: "first secret" };
const administrator = { email: "admin@example.org", password: "correct horse" };
const alone = () => Promise.reject(new Error("no other service runs here"));

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field.
export type Answer = { readonly status: number; readonly body: any; readonly name: string | undefined; readonly cause: string | undefined };
/** Calls operations as one user. */
export type Caller = (operation: OperationId, fields?: object, headers?: Record<string, string>) => Promise<Answer>;

/** Account, repo and app as they run, over HTTP, with everything outside of them in memory. */
export const served = async () => {
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes));
  const environment = {
    KAFKA_BROKERS: "localhost:1",
    MONGODB_URL: "mongodb://localhost:1",
    PITRIX_SEALING_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    PITRIX_BOOTSTRAP_CLIENT: `${client.client_id}:${client.client_secret}`,
    PITRIX_BOOTSTRAP_ADMIN: `${administrator.email}:${administrator.password}`,
    PITRIX_PARTITIONS: "2",
    PITRIX_REPO_PRIVATE_NETWORKS: "all",
  };
  const broker = memoryLogBroker({ clock });
  const closing: (() => Promise<unknown>)[] = [];
  const blobsOf = new Map<string, Blobs>();
  const start = async (service: AnyService): Promise<Serving> => {
    const { name, settings = {} } = service;
    const config = readConfig(environment, [{ name, place: 0, settings }]);
    const database = memoryDatabase();
    const log = broker.connect();
    const sealed = await sealing({ log, clock }, config.sealingKeys, random, { partitions: 1 });
    const blobs = memoryBlobs(database, kind);
    blobsOf.set(name, blobs);
    const documents = memoryDocuments(database, kind);
    const ports = { store: memoryStore(database, kind, clock.now), documents, parking: memoryParking(database, kind), log, clock };
    const edge = edgeOf({ sealing: sealed, blobs, clock, random });
    const guard = <T>(_: string, __: number, run: (signal: AbortSignal) => Promise<T>) => run(new AbortController().signal);
    const fetchBlob = async (owner: string, digest: string): Promise<Uint8Array> => {
      const bytes = await blobsOf.get(owner)?.get(digest);
      if (!bytes) throw new Error(`${owner} has no blob ${digest}`);
      return bytes;
    };
    const tools: Tools = {
      ...{ name, config, clock, log, logger: silent, metrics: metrics(name), edge, random, blobs, fetchBlob, guard },
      settings: config.settingsOf(name),
      document: readsFor(collections(service.projections), documents, undefined).get,
      print: () => {},
      call: alone,
      directory: staticDirectory(new Map()),
    };
    const serving = await serve(service, tools, { id: `${name}-1`, port: 0, address: "127.0.0.1", ports, sealing: sealed });
    closing.unshift(serving.stop, sealed.stop, log.close);
    return serving;
  };
  const urls = new Map<string, string>();
  for (const service of [account, repo, app].map(withAccess<AnyService>)) urls.set(service.name, (await start(service)).url);

  const call = async (
    token: string | undefined,
    operation: OperationId,
    fields: object,
    headers: Record<string, string>,
  ): Promise<Answer> => {
    const { service, method, path } = operations[operation];
    const reads = method === "get";
    const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, String(each)]));
    const response = await fetch(`${urls.get(service)}${path}${reads ? `?${new URLSearchParams(pairs)}` : ""}`, {
      method: method.toUpperCase(),
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...headers },
      ...(reads ? {} : { body: JSON.stringify(fields) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const body: any = await response.json();
    return { status: response.status, body, name: body.details?.[0]?.error_name, cause: body.details?.[0]?.cause };
  };
  const signIn = async (username: string, password: string): Promise<Caller> => {
    const { body } = await call(undefined, "Token", { ...client, grant_type: "password", username, password }, {});
    return (operation, fields = {}, headers = {}) => call(body.access_token, operation, fields, headers);
  };
  const admin = await signIn(administrator.email, administrator.password);
  /** A user with a role, once all services know them. */
  const user = async (role_id: string): Promise<Caller> => {
    const email = `${role_id}-${randomBytes(4).toString("hex")}@example.org`;
    await admin("CreateUser", { email, password: "correct horse", role_id });
    const caller = await signIn(email, "correct horse");
    await eventually(
      "the user is known",
      async () => (await caller("DescribeApps")).status === 200 && (await caller("DescribeRepos")).status === 200,
    );
    return caller;
  };
  return {
    admin,
    user,
    /** A request without a token. */
    fetch: (service: string, path: string): Promise<Response> => fetch(`${urls.get(service)}${path}`),
    stop: async (): Promise<void> => {
      for (const close of closing) await close();
    },
  };
};
