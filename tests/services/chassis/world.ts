import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { memoryBlobs } from "../../../events/memory/blobs.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { type Fate, kind } from "../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Message } from "../../../events/message.ts";
import type { Documents } from "../../../events/ports.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { type AccessDocument, access, withAccess } from "../../../services/chassis/access/access.ts";
import { sealing } from "../../../services/chassis/access/sealing.ts";
import { newKeyPair, signToken } from "../../../services/chassis/access/tokens.ts";
import { edgeOf } from "../../../services/chassis/http/edge.ts";
import { readsFor } from "../../../services/chassis/http/reads.ts";
import { breakers } from "../../../services/chassis/process/breaker.ts";
import { httpClient } from "../../../services/chassis/process/client.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { readConfig } from "../../../services/chassis/process/config.ts";
import { type Directory, staticDirectory } from "../../../services/chassis/process/discovery.ts";
import type { Logger } from "../../../services/chassis/process/logging.ts";
import { metrics } from "../../../services/chassis/process/metrics.ts";
import { type ServeOptions, serve } from "../../../services/chassis/serve.ts";
import type { AnyService } from "../../../services/chassis/service.ts";
import type { Tools } from "../../../services/chassis/tools.ts";

export const random = (bytes: number): Uint8Array => new Uint8Array(randomBytes(bytes));
export const platformKey = (id = "k1") => `${id}:${randomBytes(32).toString("base64")}`;

const needed = { KAFKA_BROKERS: "localhost:1", MONGODB_URL: "mongodb://localhost", PITRIX_PARTITIONS: "2" };
const configOf = ({ name, settings }: AnyService) =>
  readConfig({ ...needed, PITRIX_SEALING_KEYS: platformKey() }, [{ name, place: 0, ...(settings && { settings }) }]);

/** What is a service's own of what its outside is opened with; its settings have their defaults. */
export const ownTools = (service: AnyService, documents: Documents) => ({
  name: service.name,
  settings: configOf(service).settingsOf(service.name),
  metrics: metrics(service.name),
  document: readsFor(collections(service.projections), documents, undefined).get,
});

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field.
  readonly body: any;
  readonly error: string | undefined;
};

/** The body of an answer that is a success. */
export const ok = async (answer: Promise<Answer>): Promise<Answer["body"]> => {
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
/** The message of an answer that is this error. */
export const refused = async (answer: Promise<Answer>, status: number, error: string): Promise<string> => {
  const given = await answer;
  assert.deepEqual([given.status, given.error], [status, error], JSON.stringify(given.body));
  return given.body.message;
};

/** A service over HTTP as it runs, with everything outside it in memory, and with users who have tokens. */
export const served = async (
  service: AnyService,
  {
    wait = 300,
    directory = staticDirectory(new Map()),
    ...more
  }: { wait?: number; directory?: Directory } & Pick<ServeOptions, "operations"> = {},
) => {
  const clock = systemClock;
  const config = configOf(service);
  const fate: { before: Fate["before"] } = { before: kind.before };
  const database = memoryDatabase();
  const fated: Fate = { before: (call) => fate.before(call), after: kind.after };
  const log = memoryLogBroker({ clock }).connect();
  const sealed = await sealing({ log, clock }, config.sealingKeys, random, { partitions: 1, wait });
  const blobs = memoryBlobs(database, kind);
  const logged: { readonly details: object; readonly message: string }[] = [];
  const note = (details: object, message: string) => void logged.push({ details, message });
  const logger: Logger = { debug: () => {}, info: () => {}, warn: note, error: note, child: () => logger };
  const broken = breakers();
  const documents = memoryDocuments(database, fated);
  const tools: Tools = {
    ...{ ...ownTools(service, documents), config, clock, log, logger, random, blobs, directory },
    edge: edgeOf({ sealing: sealed, blobs, clock, random }),
    print: () => {},
    fetchBlob: () => Promise.reject(new Error("no other service runs here")),
    guard: broken.guard,
    call: httpClient(broken.guard),
  };
  const ports = { store: memoryStore(database, fated, clock.now), documents, parking: memoryParking(database, fated), log, clock };
  const serving = await serve(withAccess(service), tools, {
    id: "one",
    port: 0,
    address: "127.0.0.1",
    ports,
    sealing: sealed,
    wait,
    ...more,
  });

  const key = await newKeyPair();
  const know = (id: string, value: Partial<AccessDocument> & Pick<AccessDocument, "kind">) => {
    const document = { id, stream: id, version: 1, deleted: false, value: { ...access.initialState, ...value } };
    return documents.write("access__v1", [{ document, expected: 0 }]);
  };
  await know("signingKey/key-1", { kind: "key", publicJwk: key.publicJwk });

  /** A document of a read model, as events of other services or of another day would have made it. */
  const put = (model: string, id: string, value: object) => {
    const projection = service.projections?.find(({ name }) => name === model);
    if (!projection) throw new Error(`${service.name} has no read model ${model}`);
    const document = { id, stream: `elsewhere/${id}`, version: 1, deleted: false, value: { ...projection.initialState, ...value } };
    return documents.write(serving.instance.collections.of(model), [{ document, expected: 0 }]);
  };
  const called = new Set<OperationId>();
  /** Carries out a command that no request issues, until the read models show what it changed. */
  const execute = async (command: Message & { readonly [field: string]: unknown }): Promise<void> => {
    const { instance } = serving;
    const because = { cause: null, row: "test", actor: { userId: "system", ownerPath: ":system" }, correlationId: "test" };
    const { commit } = await instance.execute(command, { ...because, causationId: null, actionId: null, traceparent: null, hops: 0 });
    if (commit) await instance.settled(commit, wait);
  };

  const token = (userId: string, seconds = 600) =>
    signToken({ keyId: "key-1", privateJwk: key.privateJwk }, "access", userId, seconds, {}, clock.now());
  const send = async (url: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${serving.url}${url}`, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    const body = isJson ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body, error: body?.details?.[0]?.error_name };
  };

  return {
    ...{ send, token, know, put, execute, serving, tools, ports, logged, sealed, fate, log, database, key },
    /** Signs in somebody who may do everything, or whom `know` was told of. */
    as: async (userId: string) => {
      const authorization = `Bearer ${await token(userId)}`;
      const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
        send(path, {
          method,
          headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
          ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
        });
      return {
        /** Calls an operation whose path holds no field. */
        call: (operation: OperationId, fields: object = {}, headers?: Record<string, string>) => {
          called.add(operation);
          const { method, path } = operations[operation];
          if (method !== "get") return call(method.toUpperCase(), path, fields, headers);
          const pairs = Object.entries(fields).flatMap(([name, value]) =>
            [value].flat().map((each): [string, string] => [name, String(each)]),
          );
          return call("GET", `${path}?${new URLSearchParams(pairs)}`, undefined, headers);
        },
        get: (path: string, headers?: Record<string, string>) => call("GET", path, undefined, headers),
        post: (path: string, body: unknown, headers?: Record<string, string>) => call("POST", path, body, headers),
        patch: (path: string, body: unknown, headers?: Record<string, string>) => call("PATCH", path, body, headers),
        remove: (path: string, body: unknown, headers?: Record<string, string>) => call("DELETE", path, body, headers),
      };
    },
    /** Operations of rows of these kinds that nobody called. */
    uncalled: (...kinds: readonly string[]) =>
      (service.http ?? [])
        .filter(({ kind, operation }) => kinds.includes(kind) && !called.has(operation as OperationId))
        .map(({ operation }) => operation),
    stop: async () => {
      await serving.stop();
      await sealed.stop();
      await log.close();
      broken.stop();
    },
  };
};
export type World = Awaited<ReturnType<typeof served>>;
export type Caller = Awaited<ReturnType<World["as"]>>;
