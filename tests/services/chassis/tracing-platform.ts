import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { StoredDocument } from "../../../events/ports.ts";
import { api } from "../../../services/api/service.ts";
import { access, withAccess } from "../../../services/chassis/access/access.ts";
import { readConfig } from "../../../services/chassis/process/config.ts";
import type { Directory } from "../../../services/chassis/process/discovery.ts";
import type { Tracing } from "../../../services/chassis/process/tracing/open-telemetry.ts";
import { tracing } from "../../../services/chassis/process/tracing.ts";
import { type Serving, serve } from "../../../services/chassis/serve.ts";
import type { AnyService } from "../../../services/chassis/service.ts";
import { cluster as clusterService } from "../../../services/cluster/service.ts";
import { runtime as runtimeService } from "../../../services/runtime/service.ts";
import { bookinfo, provider } from "../../choreography/cluster-requested.ts";
import { eventually } from "../../eventually.ts";
import { ownTools, platformKey, served } from "./world.ts";

/** The settings of a process with these of OpenTelemetry. */
export const configWith = (telemetry: Record<string, string>) =>
  readConfig({ KAFKA_BROKERS: "localhost:1", MONGODB_URL: "mongodb://localhost", PITRIX_SEALING_KEYS: platformKey(), ...telemetry }, []);

/** Gateway, runtimes, clusters and a provider, each over HTTP as it runs, on one log in memory, with a version to deploy and a place for it. */
export const tracedPlatform = async (telemetry: Record<string, string>) => {
  const base = await served({ name: "nothing", aggregates: {} });
  const { clock, log } = base.ports;
  const config = configWith(telemetry);
  const serving = new Map<string, Serving>();
  const traces: Tracing[] = [];
  const stops: (() => Promise<void>)[] = [];
  const directory: Directory = {
    instancesOf: (name) => {
      const url = serving.get(name)?.url;
      return url === undefined ? [] : [{ service: name, url, instance: url, since: "" }];
    },
    services: () => [...serving.keys()],
    stop: async () => {},
  };
  const start = async (service: AnyService) => {
    const { name } = service;
    const database = memoryDatabase();
    const documents = memoryDocuments(database, kind);
    const ports = { store: memoryStore(database, kind, clock.now), documents, parking: memoryParking(database, kind), log, clock };
    const own = ownTools(service, documents);
    const traced = await tracing(config, { service: name, instance: `${name}-1` }, own.metrics.spans, base.tools.logger);
    if (traced) traces.push(traced);
    const tools = { ...base.tools, ...own, directory, tracer: traced?.tracer };
    const options = { id: name, port: 0, address: "127.0.0.1", ports, sealing: base.sealed, wait: 300 };
    const one = await serve(withAccess(service), tools, options);
    serving.set(name, one);
    stops.push(async () => {
      await one.stop();
      await traced?.stop();
    });
    const put = (collection: string, id: string, value: StoredDocument["value"]) =>
      documents.write(collection, [{ document: { id, stream: id, version: 1, deleted: false, value }, expected: 0 }]);
    await put("access__v1", "signingKey/key-1", { ...access.initialState, kind: "key", publicJwk: base.key.publicJwk });
    return { ...one, put, documents };
  };

  const runtime = await start(runtimeService);
  const cluster = await start(clusterService);
  await start(provider([]));
  const front = await start(api);

  const actor = { userId: "usr-1", ownerPath: ":usr-1" };
  const because = {
    cause: null,
    row: "test",
    actor,
    correlationId: "before",
    causationId: null,
    actionId: null,
    traceparent: null,
    hops: 0,
  };
  const named = { name: "here", description: "", provider: "local", debug: false, runtimeCredentialId: "runtimec-1" };
  const owner = { owner: actor.userId, ownerPath: actor.ownerPath };
  const send = (command: object) => runtime.instance.execute(command as never, because); // As its service's tables have it.
  await send({ type: "CreateRuntimeCredential", runtimeUrl: "", sealedContent: "sealed", ...named, ...owner });
  await send({ type: "CreateRuntime", runtimeId: "runtime-1", zone: "local", ...named, ...owner });
  await cluster.put("appVersions__v1", "appv-1", {
    ...{ version_id: "appv-1", app_id: "app-1", type: "vmbased", status: "active", package_digest: "sha256:1", package_owner: "repo" },
    ...{ config_json: await bookinfo("config.json"), template: await bookinfo("cluster.json.tmpl"), owner: "usr-1", owner_path: ":usr-1" },
  });
  await eventually("the runtime to be known", async () => (await cluster.documents.get("runtimes__v1", ["runtime-1"])).length === 1);

  const authorization = `Bearer ${await base.token("system")}`;
  return {
    front,
    serving,
    logged: base.logged,
    /** The records of a topic. */
    records: (topic: string) =>
      new Promise<readonly { readonly headers: { readonly [name: string]: string } }[]>((resolve, reject) => {
        const seen: { readonly headers: { readonly [name: string]: string } }[] = [];
        log
          .follow(topic, (record) => void seen.push(record))
          .then(async (following) => {
            await following.caughtUp;
            await following.stop();
            resolve(seen);
          }, reject);
      }),
    createCluster: async (headers: Record<string, string> = {}) => {
      const body = JSON.stringify({ app_id: "app-1", version_id: "appv-1", runtime_id: "runtime-1", conf: "{}" });
      const all = { authorization, "content-type": "application/json", ...headers };
      const answer = await fetch(`${front.url}/v1/clusters/create`, { method: "POST", headers: all, body });
      return { status: answer.status, body: await answer.text() };
    },
    active: async () => {
      const status = async () =>
        (await cluster.documents.find("clusters__v1", { where: [], offset: 0, limit: 1 })).documents[0]?.value.status;
      await eventually("the cluster to be active", async () => (await status()) === "active");
    },
    flush: async () => void (await Promise.all(traces.map(({ flush }) => flush()))),
    stop: async (): Promise<void> => {
      for (const stop of stops.toReversed()) await stop();
      await base.stop();
    },
  };
};
