import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { collections } from "../../../events/subscription/collections.ts";
import { type GatewayOptions, gateway } from "../../../services/api/app.ts";
import { connections } from "../../../services/api/exchange.ts";
import { gatewayMetrics } from "../../../services/api/metrics.ts";
import { type UpstreamOptions, upstreams } from "../../../services/api/upstream.ts";
import { type AccessDocument, access } from "../../../services/chassis/access/access.ts";
import { identity } from "../../../services/chassis/access/identity.ts";
import { newKeyPair, signToken } from "../../../services/chassis/access/tokens.ts";
import type { ConnectionLimits } from "../../../services/chassis/http/connections.ts";
import { serverOf } from "../../../services/chassis/http/server.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import type { Directory, ServiceInstance } from "../../../services/chassis/process/discovery.ts";
import type { Logger } from "../../../services/chassis/process/logging.ts";
import type { UpstreamServer } from "./upstream-server.ts";

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into field by field.
  readonly body: any;
  readonly error: string | undefined;
  readonly milliseconds: number;
};
type Options = Partial<Pick<GatewayOptions, "rateLimit" | "timeouts" | "stale">> &
  UpstreamOptions & { readonly limits?: Partial<ConnectionLimits> };

/** A gateway as it runs, users with tokens, and real servers in the place of the services. */
export const gatewayWorld = async ({ slow, probe, reset = 100, ...options }: Options = {}) => {
  const clock = { ...systemClock, now: () => world.stands ?? Date.now() + world.ahead };
  const documents = memoryDocuments(memoryDatabase(), kind);
  const servers: UpstreamServer[] = [];
  const instances: ServiceInstance[] = [];
  const directory: Directory = {
    instancesOf: (service) => instances.filter((each) => each.service === service),
    services: () => [...new Set(instances.map(({ service }) => service))],
    stop: async () => {},
  };
  const registry = new Registry();
  const metrics = gatewayMetrics(registry);
  const logged: { readonly message: string }[] = [];
  const note = (_: object, message: string) => void logged.push({ message });
  const logger: Logger = { debug: () => {}, info: () => {}, warn: note, error: note, child: () => logger };
  const chosen = { ...(slow !== undefined && { slow }), ...(probe !== undefined && { probe }), reset };
  const towards = upstreams({ directory, connections: connections(), clock, metrics }, chosen);
  const known = identity(
    { documents, collections: collections([access]), clock, changed: (milliseconds) => clock.sleep(milliseconds) },
    50,
  );
  const { server } = serverOf(
    gateway({ upstreams: towards, identity: known, clock, metrics, logger, rateLimit: options.rateLimit ?? 0, ...options }),
    undefined,
    logger,
    options.limits,
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // A TCP server's address is one.
  const url = `http://127.0.0.1:${port}`;

  const key = await newKeyPair();
  const know = (id: string, value: Partial<AccessDocument>) =>
    documents.write("access__v1", [
      { document: { id, stream: id, version: 1, deleted: false, value: { ...access.initialState, ...value } }, expected: 0 },
    ]);
  await know("signingKey/key-1", { kind: "key", publicJwk: key.publicJwk });
  await know("user/usr-dev", { kind: "user", roleIds: ["developer"] });
  await know("user/usr-user", { kind: "user", roleIds: ["user"] });
  const token = (userId: string, seconds = 600) =>
    signToken({ keyId: "key-1", privateJwk: key.privateJwk }, "access", userId, seconds, {}, Date.now());

  const send = async (path: string, init: RequestInit = {}): Promise<Reply> => {
    const began = performance.now();
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const milliseconds = performance.now() - began;
    const body = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body, error: body?.details?.[0]?.error_name, milliseconds };
  };

  const world = {
    /** Moves the gateway's clock, or stops it. */
    ahead: 0,
    stands: undefined as number | undefined, // Set by tests.
    url,
    port,
    instances,
    logged,
    token,
    know,
    send,
    /** Puts servers into the directory. */
    serve: (...more: readonly UpstreamServer[]): void => {
      servers.push(...more);
      instances.push(...more.map(({ instance }) => instance));
    },
    figures: () => registry.metrics(),
    connections: () =>
      new Promise<number>((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    as: async (userId: string, seconds?: number) => {
      const authorization = `Bearer ${await token(userId, seconds)}`;
      const call = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
        send(path, {
          method,
          headers: { authorization, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
          ...(body !== undefined && { body }),
        });
      return {
        authorization,
        get: (path: string, headers?: Record<string, string>) => call("GET", path, headers),
        write: (method: string, path: string, headers: Record<string, string> = {}, body: unknown = {}) =>
          call(method, path, headers, typeof body === "string" ? body : JSON.stringify(body)),
      };
    },
    stop: async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      towards.stop();
      await Promise.all(servers.map((each) => each.kill()));
    },
  };
  return world;
};
export type GatewayWorld = Awaited<ReturnType<typeof gatewayWorld>>;
