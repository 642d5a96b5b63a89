import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { before, test } from "node:test";
import { configured, loadServices } from "../../../services/chassis/list.ts";
import { ConfigError, type ConfiguredService, describeSettings, readConfig } from "../../../services/chassis/process/config.ts";
import { settings } from "../../../services/chassis/process/settings.ts";
import { services } from "../../../services/index.ts";

let all: readonly ConfiguredService[];
before(async () => {
  all = configured(services, await loadServices(services));
});
const these = (...names: readonly string[]): readonly ConfiguredService[] => all.filter(({ name }) => names.includes(name));

const key = randomBytes(32);
const good = {
  KAFKA_BROKERS: "one:9092, two:9092",
  MONGODB_URL: "mongodb://localhost:27017",
  PITRIX_SEALING_KEYS: `k2:${key.toString("base64")},k1:${randomBytes(32).toString("base64")}`,
};
const problems = (environment: Record<string, string>, named: readonly string[] = ["app"]): readonly string[] => {
  try {
    readConfig(environment, these(...named));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

test("the settings that must be given are enough", () => {
  const config = readConfig(good, these("account", "app"));
  assert.deepEqual(config.brokers, ["one:9092", "two:9092"]);
  assert.equal(config.sealingKeys[0]?.id, "k2");
  assert.deepEqual(Buffer.from(config.sealingKeys[0]?.key ?? []), key);
  assert.equal(config.mongoUrl("app"), "mongodb://localhost:27017");
  assert.equal(config.discovery, "kafka");
  assert.deepEqual(config.settingsOf("account").bootstrapClient, { given: false, id: "", secret: "" });
});

test("all that is wrong is told at once, with what is expected", () => {
  assert.deepEqual(problems({ PITRIX_PORT: "99999", PITRIX_LOG_LEVEL: "loud", MONGODB_URL: "localhost" }), [
    "PITRIX_PORT is wrong: expected 0 to 65535",
    "KAFKA_BROKERS is missing: expected host:port,host:port,...",
    "MONGODB_URL is wrong: expected a mongodb:// or mongodb+srv:// URL",
    "PITRIX_SEALING_KEYS is missing: expected id:base64,... with 32 bytes each",
    "PITRIX_LOG_LEVEL is wrong: expected trace, debug, info, warn, error, fatal or silent",
  ]);
});

test("no complaint repeats a secret", () => {
  const wrong = { ...good, PITRIX_SEALING_KEYS: "k1:c2VjcmV0", PITRIX_BOOTSTRAP_CLIENT: "secretwithoutid" };
  const text = problems(wrong, ["account"]).join("\n");
  assert.match(text, /PITRIX_SEALING_KEYS is wrong/);
  assert.match(text, /PITRIX_BOOTSTRAP_CLIENT is wrong/);
  assert.doesNotMatch(text, /c2VjcmV0|secretwithoutid/);
});

test("keys of the same name, of a wrong length or without a name are refused", () => {
  const base64 = key.toString("base64");
  for (const keys of [`k1:${base64},k1:${base64}`, `k1:${base64.slice(8)}`, base64, `:${base64}`, `k1:${base64},`])
    assert.equal(problems({ ...good, PITRIX_SEALING_KEYS: keys }).length, 1, keys);
});

test("a service may have a document store and a port of its own", () => {
  const own = { ...good, MONGODB_URL_APP: "mongodb://app@other", MONGODB_URL_PROVIDER_LOCAL: "mongodb://local", PITRIX_PORT_APP: "7000" };
  const config = readConfig(own, these("app", "repo", "provider-local"));
  assert.equal(config.mongoUrl("app"), "mongodb://app@other");
  assert.equal(config.mongoUrl("provider-local"), "mongodb://local");
  assert.equal(config.mongoUrl("repo"), good.MONGODB_URL);
  assert.equal(config.portOf("app"), 7000);
  assert.equal(config.portOf("repo"), 9102);
  const { MONGODB_URL: _, ...without } = own;
  assert.deepEqual(problems(without, ["app"]), []);
  assert.deepEqual(problems({ ...own, MONGODB_URL_APP: "nonsense" }), [
    "MONGODB_URL_APP is wrong: expected a mongodb:// or mongodb+srv:// URL",
  ]);
  assert.deepEqual(problems(without, ["app", "repo"]), ["MONGODB_URL is missing: expected a mongodb:// or mongodb+srv:// URL"]);
});

test("a single service takes the port that is named, several count from it, 0 is a free one for each", () => {
  assert.equal(readConfig({ ...good, PITRIX_PORT: "8000" }, these("cluster")).portOf("cluster"), 8000);
  assert.equal(readConfig({ ...good, PITRIX_PORT: "8000" }, these("api", "cluster")).portOf("cluster"), 8005);
  assert.equal(readConfig({ ...good, PITRIX_PORT: "0" }, these("api", "cluster")).portOf("cluster"), 0);
});

test("a service's own settings are read where it runs, and nowhere else", () => {
  const wrong = { ...good, PITRIX_BOOTSTRAP_CLIENT: "secretwithoutid", PITRIX_REPO_INDEX_SECONDS: "60" };
  const config = readConfig(wrong, these("app", "repo"));
  assert.equal(config.settingsOf("repo").indexSeconds, 60);
  assert.deepEqual([config.settingsOf("app"), config.settingsOf("account")], [{}, {}]);
});

test("static discovery knows where the services are", () => {
  const { services } = readConfig({ ...good, PITRIX_SERVICES: "app=http://a:1,app=http://b:2/,repo=https://c" }, these("api"));
  assert.deepEqual(
    [...services],
    [
      ["app", ["http://a:1", "http://b:2"]],
      ["repo", ["https://c"]],
    ],
  );
});

test("the help names every setting", () => {
  const help = describeSettings(all);
  const own = all.flatMap((service) => Object.values(service.settings ?? {}));
  assert.ok(own.length > 0);
  for (const { name, description } of [...Object.values(settings), ...own]) {
    assert.ok(help.includes(name), name);
    assert.ok(help.includes(description), description);
  }
});
