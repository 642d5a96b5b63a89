import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { api } from "../../../services/api/service.ts";
import { ConfigError, readConfig } from "../../../services/chassis/process/config.ts";
import { silent } from "../../../services/chassis/process/logging.ts";
import { metrics } from "../../../services/chassis/process/metrics.ts";
import { tracing } from "../../../services/chassis/process/tracing.ts";
import { cluster } from "../../../services/cluster/service.ts";
import { runtime } from "../../../services/runtime/service.ts";
import { eventually } from "../../eventually.ts";
import { platformKey } from "../../world/process.ts";
import { bookinfo, owner, runtimeCommands } from "../../world/toys/clusters.ts";
import { provider } from "../../world/toys/provider.ts";
import { served } from "../../world/world.ts";
import { collector, type Received } from "./tracing-collector.ts";

/** Gateway, runtimes, clusters and a provider over HTTP, with a version to deploy and a place for it. */
const tracedPlatform = async (telemetry: Record<string, string>) => {
  const world = await served([api, runtime, cluster, provider()], { environment: telemetry });
  for (const command of runtimeCommands()) await world.send("runtime", command);
  const { configJson, template } = bookinfo();
  await world.put("appVersions", "appv-1", {
    ...{ version_id: "appv-1", app_id: "app-1", type: "vmbased", status: "active", visibility: "public" },
    released: { package_digest: "sha256:1", package_owner: "repo", config_json: configJson, template },
    ...{ owner: owner.owner, owner_path: owner.ownerPath },
  });
  await eventually("the runtime to be known", async () => (await world.documents("cluster", "runtimes")).length === 1);
  const system = await world.as("system");
  return {
    ...world,
    /** The records of a topic. */
    records: (topic: string) => world.broker.contents().get(topic)?.flat() ?? [],
    createCluster: (headers: Record<string, string> = {}) =>
      system.call("CreateCluster", { app_id: "app-1", version_id: "appv-1", runtime_id: "runtime-1", conf: "{}" }, headers),
    active: () =>
      eventually("the cluster to be active", async () => (await world.documents("cluster", "clusters"))[0]?.value.status === "active"),
  };
};

/** The settings of a process with these of OpenTelemetry. */
const configWith = (telemetry: Record<string, string>) =>
  readConfig({ KAFKA_BROKERS: "localhost:1", MONGODB_URL: "mongodb://localhost", PITRIX_SEALING_KEYS: platformKey(), ...telemetry }, []);

const CALLER = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };
const caller = { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` };

test("one trace shows the whole choreography of a cluster's creation, from the caller over the log to the last effect", async (t) => {
  const taken = await collector();
  const platform = await tracedPlatform({ OTEL_EXPORTER_OTLP_ENDPOINT: `${taken.url}/` });
  t.after(async () => {
    await platform.stop();
    await taken.stop();
  });
  const answer = await platform.createCluster(caller);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  await platform.active();
  const ofTrace = () => taken.spans.filter(({ traceId }) => traceId === CALLER.trace);
  const orphans = () => ofTrace().filter(({ parentSpanId }) => !ofTrace().some(({ spanId }) => spanId === parentSpanId));
  const wanted = [
    "CreateCluster",
    "send pitrix.cluster",
    "decide ReserveRuntime",
    "effect DeploymentStarted",
    "decide CompleteClusterAction",
  ];
  const missing = () => wanted.filter((each) => !ofTrace().some(({ name }) => name === each));
  const isWhole = () => orphans().length === 1 && orphans()[0]?.parentSpanId === CALLER.span;
  await eventually("all spans to come", () => missing().length === 0 && isWhole());

  const spans = ofTrace();
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const [first] = orphans();
  assert.deepEqual([first?.parentSpanId, first?.service, first?.name, first?.kind], [CALLER.span, "api", "CreateCluster", "server"]);
  /** From the span up to the request. */
  const line = (span: Received | undefined): readonly string[] =>
    span ? [`${span.service} ${span.kind} ${span.name}`, ...line(byId.get(span.parentSpanId))] : [];
  const path = (name: string, service?: string) =>
    line(spans.find((span) => span.name === name && (service === undefined || span.service === service)));

  const requested = [
    "cluster internal decide RequestCluster",
    "cluster server CreateCluster",
    "api client POST cluster",
    "api server CreateCluster",
  ];
  assert.deepEqual(path("send pitrix.cluster"), ["cluster producer send pitrix.cluster", ...requested]);
  const reserved = ["runtime internal decide ReserveRuntime", "runtime consumer process pitrix.cluster", ...requested];
  assert.deepEqual(path("decide ReserveRuntime"), reserved);
  const effect = line(spans.find(({ name }) => name.startsWith("effect ")));
  assert.match(effect[0] ?? "", /^provider-local client effect \w+$/);
  assert.match(effect[1] ?? "", /^provider-local internal decide \w+$/);
  assert.deepEqual(effect.slice(-4), requested);
  assert.ok(effect.includes("provider-local consumer process pitrix.cluster"), effect.join("\n"));
  assert.equal(path("decide CompleteClusterAction")[1], "cluster consumer process pitrix.localDeployment");

  const processed = spans.find(({ name, service }) => name === "process pitrix.cluster" && service === "runtime");
  assert.equal(processed?.attributes["messaging.system"], "kafka");
  assert.equal(processed?.attributes["messaging.destination.name"], "pitrix.cluster");
  assert.equal(processed?.attributes["messaging.operation.type"], "process");
  assert.equal(processed?.attributes["messaging.consumer.group.name"], "pitrix.runtime.reactions");
  assert.equal(processed?.attributes["cloudevents.event_type"], "pitrix.cluster.ClusterRequested");
  assert.match(String(processed?.attributes["cloudevents.event_id"]), /^cluster\/cl-\w+@1$/);
  const decided = spans.find(({ name }) => name === "decide RequestCluster");
  assert.equal(`${decided?.attributes["pitrix.stream"]}@1`, processed?.attributes["cloudevents.event_id"]);
  assert.equal(decided?.attributes["pitrix.outcome"], "committed");
  assert.equal(first?.attributes["http.response.status_code"], 200);
});

test("with no collector named nothing is traced, and the trace of a caller goes through the commits and the log all the same", async (t) => {
  const platform = await tracedPlatform({});
  t.after(platform.stop);
  assert.equal(await tracing(configWith({}), { service: "a", instance: "a" }, metrics("a").spans, silent), undefined);
  assert.equal((await platform.createCluster(caller)).status, 200);
  await platform.active();
  for (const topic of ["pitrix.cluster", "pitrix.localDeployment"]) {
    const records = platform.records(topic);
    assert.ok(records.length > 0 && records.every(({ headers }) => headers.traceparent === caller.traceparent), topic);
  }
});

test("what a caller does not want to be traced is not exported, nor what is no trace", async (t) => {
  const taken = await collector();
  const platform = await tracedPlatform({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${taken.url}/v1/traces`,
    OTEL_TRACES_SAMPLER: "parentbased_always_off",
  });
  t.after(async () => {
    await platform.stop();
    await taken.stop();
  });
  assert.equal((await platform.createCluster({ traceparent: `00-${CALLER.trace}-${CALLER.span}-00` })).status, 200);
  assert.equal((await platform.createCluster({ traceparent: `00-${"0".repeat(32)}-${CALLER.span}-01` })).status, 200);
  await platform.active();
  assert.equal((await platform.createCluster({ traceparent: `00-${"a".repeat(32)}-${CALLER.span}-01` })).status, 200);
  await eventually("a span of the one that is wanted", () => taken.spans.length > 0);
  assert.ok(taken.spans.every(({ traceId }) => traceId === "a".repeat(32)));
});

test("a collector that is not there costs no request anything, and what it would have got is lost", async (t) => {
  const platform = await tracedPlatform({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` });
  t.after(platform.stop);
  assert.equal((await platform.createCluster()).status, 200);
  await platform.active();
  const lost = /pitrix_trace_spans_total\{outcome="lost",service="api"\} [1-9]/;
  await eventually("the loss to be counted", async () => lost.test((await platform.askInside("/metrics")).body));
  assert.equal((await platform.createCluster()).status, 200);
  const said = platform.complaints().filter(({ msg }) => msg !== "the collector does not accept traces; they are lost");
  assert.deepEqual(said, []);
  await platform.stop();
});

test("a collector that takes everything and answers nothing is given up, and holds up neither memory nor the end", async (t) => {
  const taken = await collector({ mute: true });
  t.after(taken.stop);
  const logged: string[] = [];
  const logger = { ...silent, warn: (_: object, message: string) => void logged.push(message) };
  const measured = metrics("a");
  const config = configWith({ OTEL_EXPORTER_OTLP_ENDPOINT: taken.url });
  const traces = await tracing(config, { service: "a", instance: "a" }, measured.spans, logger);
  assert.ok(traces);
  for (let nth = 0; nth < 10_000; nth++) traces.tracer({ name: "nothing", kind: "internal", attributes: { nth } }, null).end();
  await eventually("the loss to be counted", async () => /outcome="lost"/.test(await measured.text()), 10_000);
  const stopping = Date.now();
  await traces.stop();
  assert.ok(Date.now() - stopping < 4_000, `${Date.now() - stopping} ms`);
  const lost = Number(/outcome="lost"[^\n]* (\d+)/.exec(await measured.text())?.[1]);
  assert.ok(lost > 0 && lost < 3_000, `of 10000 spans ${lost} were kept for it`);
  assert.deepEqual(logged, ["the collector does not accept traces; they are lost"], "it is said once");
});

test("settings of traces are checked as all others are", () => {
  const wrong = { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318", OTEL_TRACES_SAMPLER: "sometimes", OTEL_TRACES_SAMPLER_ARG: "2" };
  assert.throws(
    () => configWith(wrong),
    (error) => error instanceof ConfigError && Object.keys(wrong).every((name) => error.message.includes(name)),
  );
});

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
