import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import avro from "avsc";
import { eventIdOf } from "../../events/message.ts";
import { mongo } from "../../events/mongo/connect.ts";
import type { Commit } from "../../events/ports.ts";
import { serveRepository } from "../../infra/demo/serve.ts";
import { type Context, story } from "../../infra/demo/story.ts";
import { THIRD_PARTY } from "../../infra/platform/kafka.ts";
import { databaseOf, type Platform, startPlatform } from "../../infra/platform/platform.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { loadServices } from "../../services/chassis/list.ts";
import type { AnyService } from "../../services/chassis/service.ts";
import { services } from "../../services/index.ts";
import { eventually } from "../eventually.ts";
import { consumesEverything, type Published, programIn, type Runner } from "./consumer.ts";
import { confluent, consoleConsumer, go, java, python } from "./installed.ts";

/** The demo's story on a platform of its own, and all events that its services have committed meanwhile. */
let published: Published;
let platform: Platform;
const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.toReversed()) await end();
});
before(async () => {
  const folder = (name: string): string => {
    const made = mkdtempSync(join(tmpdir(), `pitrix-${name}-`));
    ends.push(() => rmSync(made, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
    return made;
  };
  const nodes = folder("demo-nodes");
  chmodSync(nodes, 0o711);
  process.env.PITRIX_LOCAL_DIRECTORY = nodes;
  const repository = await serveRepository();
  ends.push(repository.close);
  const environment = { PITRIX_REPO_PRIVATE_NETWORKS: new URL(repository.url).host, PITRIX_LOCAL_DIRECTORY: nodes };
  platform = await startPlatform({ directory: folder("demo"), port: 0, report: () => {}, environment });
  ends.push(platform.stop);
  const { url, secrets } = platform;
  const context: Context = { ...secrets, url, repository, request: crypto.randomUUID(), facts: {}, callers: {} };
  for (const { run } of story) await run(context, () => {});
  const loaded = await loadServices(services);
  const samples = (await Promise.all(loaded.map((service) => committedBy(service)))).flat();
  const { brokers } = platform.kafka;
  const access = {
    KAFKA_BROKERS: brokers.join(","),
    KAFKA_USER: THIRD_PARTY,
    KAFKA_PASSWORD: secrets.kafka[THIRD_PARTY] ?? "",
    PITRIX_URL: url,
  };
  published = { access, samples };
});

/** What is in the store of a service, once all of it is published. */
const committedBy = async ({ name, aggregates }: AnyService): Promise<Published["samples"]> => {
  const { store, close } = mongo({ url: platform.servers.urlFor(databaseOf(name)), database: databaseOf(name) });
  try {
    await eventually(`${name} has published all`, async () => (await store.due("publish", undefined, 1)).length === 0);
    const commits: Commit[] = [];
    for (let page = await store.scan(undefined, 1_000); page.length > 0; page = await store.scan(page.at(-1), 1_000)) commits.push(...page);
    return commits.flatMap(({ stream, version, events }) =>
      events.map(({ type, schemaId, bytes }, index) => {
        const [aggregate = ""] = stream.split("/");
        const schema = schemas.find(({ id }) => id === schemaId)?.schema;
        const fields = avro.Type.forSchema(schema as avro.Schema).fromBuffer(Buffer.from(bytes)); // The contract's schemas are Avro.
        return {
          ...{ id: eventIdOf(stream, version + index), type: `pitrix.${aggregate}.${type}` },
          ...{ fields: JSON.parse(JSON.stringify(fields)), isPublic: aggregates[aggregate]?.public === true },
        };
      }),
    );
  } finally {
    await close();
  }
};

test("the demo commits every kind of event that third parties may expect of its story", () => {
  const types = new Set(published.samples.filter(({ isPublic }) => isPublic).map(({ type }) => type));
  for (const type of [
    "package.PackageListed",
    "app.AppVersionReleased",
    "cluster.ClusterRequested",
    "cluster.ClusterCeased",
    "localDeployment.DeploymentSucceeded",
  ])
    assert.ok(types.has(`pitrix.${type}`), `${type}: ${[...types].sort().join(", ")}`);
});

const programs = {
  "Python, confluent-kafka": { runner: python, program: () => programIn("python") },
  "Java, Kafka's consumer": { runner: java, program: () => programIn("java") },
  "Go, franz-go": { runner: go, program: () => programIn("go") },
  "Node, Confluent's registry client": {
    runner: confluent,
    program: ({ directory }: Runner) => readFileSync(join(directory, "consume.mjs"), "utf8"),
  },
};
for (const [name, { runner, program }] of Object.entries(programs))
  test(`every public event of the demo is what was committed: ${name}`, async () => {
    const installed = await runner();
    await consumesEverything(program(installed), installed, published);
  });

test("every public event of the demo is shown by Kafka's console consumer", async () => {
  const { access, samples } = published;
  const directory = mkdtempSync(join(tmpdir(), "pitrix-console-"));
  ends.push(() => rmSync(directory, { recursive: true, force: true }));
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="${access.KAFKA_USER}" password="${access.KAFKA_PASSWORD}";`;
  const config = join(directory, "consumer.properties");
  writeFileSync(config, `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=${login}\n`);
  const [java, ...rest] = await consoleConsumer();
  const child = spawn(
    java,
    [
      ...[...rest, "--bootstrap-server", access.KAFKA_BROKERS, "--consumer.config", config, "--include", "pitrix\\..*", "--from-beginning"],
      ...["--group", `${THIRD_PARTY}.console`, "--timeout-ms", "20000"],
      ...["--property", "print.headers=true", "--property", "print.value=false"],
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  ends.push(() => child.kill("SIGKILL"));
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const missing = new Set(samples.filter(({ isPublic }) => isPublic).map(({ id }) => id));
  for await (const line of createInterface({ input: child.stdout })) {
    missing.delete(/ce_id:([^,]+)/.exec(line)?.[1] ?? "");
    if (missing.size === 0) break;
  }
  assert.deepEqual([...missing], [], errors.join("").slice(-2_000));
});
