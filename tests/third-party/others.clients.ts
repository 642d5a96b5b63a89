import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePorts } from "../../infra/embedded/ports.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { api } from "../../services/api/service.ts";
import { eventually } from "../eventually.ts";
import { temporaryDirectory } from "../infra/embedded/temporary-directory.ts";
import { ask } from "../world/requests.ts";
import { served } from "../world/world.ts";
import { consumesEverything, programIn, testsContract } from "./consumer.ts";
import { platform, type ThirdPartyPlatform } from "./fixture.ts";
import { confluent, go, installed, java, python } from "./installed.ts";
import { platformWithoutKafka, receives, streams } from "./without-kafka.ts";

let running: ThirdPartyPlatform;
before(async () => {
  running = await platform();
});
after(() => running?.stop());

test("every public event of every version is what was committed: Java, Kafka's consumer and Avro's reader", async () => {
  await consumesEverything(programIn("java"), await java(), running);
});

test("every public event of every version is what was committed: Go, franz-go with its registry client", async () => {
  await consumesEverything(programIn("go"), await go(), running);
});

test("every public event of every version is what was committed, and a CloudEvent: Confluent's registry client for Node", async () => {
  const runner = await confluent();
  await consumesEverything(readFileSync(join(runner.directory, "consume.mjs"), "utf8"), runner, running);
});

test("every public event of every version is what was committed, also from a container file: Python, fastavro alone", async () => {
  const runner = await python();
  await consumesEverything(readFileSync(join(runner.directory, "with_fastavro.py"), "utf8"), runner, running);
});

test("the contract's tests for consumers in Java and Go read every sample", async () => {
  testsContract("java", (await java()).command("ContractTest.java"));
  const { directory, environment } = await go();
  const tested = `cp ${directory}/go.mod ${directory}/go.sum . && exec go test -count=1 contract_test.go`;
  testsContract("go", ["sh", "-c", tested], { ...environment, GOFLAGS: "-mod=mod" });
});

test("the programs for streams and webhooks in Java and Go, and for webhooks in Python, do what they say", async (t) => {
  const without = await platformWithoutKafka();
  t.after(without.stop);
  const { directory } = await java();
  const javaOf = (file: string) => ({
    file,
    directory,
    command: (path: string) => ["java", "-cp", join(directory, "libs", "*"), path] as const,
  });
  await streams("java", javaOf("Stream.java"), without);
  await receives("java", javaOf("Receive.java"), without);
  await streams("go", await go(), without);
  await receives("go", await go(), without);
  await receives("python", await python(), without);
});

test("the AsyncAPI document is valid for the parser of AsyncAPI, and names every public topic", async () => {
  const { directory } = await confluent();
  const document = await fetch(`${running.access.PITRIX_URL}/asyncapi.json`).then((answer) => answer.text());
  const child = spawn(process.execPath, [join(directory, "asyncapi.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(document);
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  const { channels, messages, diagnostics } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const worse = diagnostics.filter(({ severity }: { readonly severity: number }) => severity <= 1);
  assert.deepEqual(worse, []);
  assert.equal(channels, Object.keys(JSON.parse(document).channels).length);
  assert.ok(messages > 80);
});

test("a registry of another maker, filled by the gateway, serves the same consumers, and is not filled with anything else", async (t) => {
  // Version 2.8 of the plugin takes an artifact without the description of its parents.
  const directory = await installed("apicurio", (into) => [
    ...["mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:2.8:unpack"],
    ...[`-Dartifact=${readFileSync(join(into, "artifact.txt"), "utf8").trim()}`, `-DoutputDirectory=${join(into, "app")}`],
  ]);
  const [port = 0] = await freePorts(1);
  const jar = join(directory, "app", readdirSync(join(directory, "app")).find((name) => name.endsWith("-runner.jar")) ?? "");
  const folder = temporaryDirectory();
  mkdirSync(folder, { recursive: true });
  const registry: ChildProcess = spawn("java", ["-jar", jar], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, QUARKUS_HTTP_PORT: String(port), QUARKUS_HTTP_HOST: "127.0.0.1" },
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => registry.once("close", resolve));
  t.after(async () => {
    registry.kill("SIGKILL");
    await ended;
  });
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  await eventually(
    "the registry answers",
    () =>
      fetch(`${url}/subjects`).then(
        (answer) => answer.ok,
        () => false,
      ),
    90_000,
  );

  const environment = { SCHEMA_REGISTRY_URL: url };
  for (let start = 1; start <= 2; start++) await (await served(api, { environment })).stop();
  for (const { id, event } of schemas) {
    const { schema } = (await ask(`${url}/schemas/ids/${id}`)).body;
    assert.equal(JSON.parse(schema).name, event);
  }
  const runner = await confluent();
  const program = readFileSync(join(runner.directory, "consume.mjs"), "utf8").replace(".confluent`", ".apicurio`");
  await consumesEverything(program, runner, running, { PITRIX_URL: url });

  const other = { schema: JSON.stringify({ type: "record", name: "Order", fields: [] }) };
  const posted = await fetch(`${url}/subjects/orders-value/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify(other),
  });
  assert.equal(posted.status, 200);
  await assert.rejects(served(api, { environment }), /it has subjects of others, such as orders-value/);
});
