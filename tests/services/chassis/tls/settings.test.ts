import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ConfigError, readConfig } from "../../../../services/chassis/process/config.ts";
import { platformKey } from "../../../world/process.ts";
import { type Authority, authority, type Issued } from "./authority.ts";

const needed = { KAFKA_BROKERS: "localhost:1", MONGODB_URL: "mongodb://localhost/", PITRIX_SEALING_KEYS: platformKey() };
const account = [{ name: "account", place: 0 }];
const problems = (environment: Record<string, string>): string => {
  try {
    readConfig({ ...needed, ...environment }, account);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

let known: Authority;
let good: Issued;
let internal: Record<string, string>;
before(() => {
  known = authority();
  good = known.issue("good");
  internal = { PITRIX_INTERNAL_TLS_CERT: good.cert, PITRIX_INTERNAL_TLS_KEY: good.key, PITRIX_INTERNAL_TLS_CA: known.ca };
});

test("certificates that are as they should be are taken", () => {
  const kafka = { KAFKA_TLS: "true", KAFKA_CA: known.ca, KAFKA_CERT: good.cert, KAFKA_KEY: good.key, KAFKA_SASL: "SCRAM-SHA-256:me:a:b" };
  const store = `mongodb://localhost/?tls=true&tlsCAFile=${known.ca}&tlsCertificateKeyFile=${encodeURIComponent(good.both)}`;
  const gateway = { PITRIX_TLS_CERT: good.cert, PITRIX_TLS_KEY: good.key };
  assert.equal(problems({ ...kafka, ...internal, ...gateway, MONGODB_URL: store }), "");
  const { kafkaSasl } = readConfig({ ...needed, ...kafka }, account);
  assert.deepEqual(kafkaSasl, { mechanism: "scram-sha-256", username: "me", password: "a:b" });
});

test("a file that is not there, holds something else or belongs to another is named with its setting", () => {
  const other = known.issue("other");
  const text = `${known.ca}.txt`;
  writeFileSync(text, "no certificate");
  const missing = `${known.ca}.missing`;
  assert.match(
    problems({ PITRIX_TLS_CERT: missing, PITRIX_TLS_KEY: good.key }),
    /^PITRIX_TLS_CERT is wrong: \S+ does not exist; expected a PEM/,
  );
  assert.match(problems({ PITRIX_TLS_CERT: text, PITRIX_TLS_KEY: good.key }), /^PITRIX_TLS_CERT is wrong: \S+ holds no certificate/);
  assert.match(problems({ PITRIX_TLS_CERT: good.cert, PITRIX_TLS_KEY: text }), /^PITRIX_TLS_KEY is wrong: \S+ holds no valid private key/);
  assert.match(problems({ PITRIX_TLS_CERT: good.cert, PITRIX_TLS_KEY: other.key }), /^PITRIX_TLS_KEY is wrong: \S+ is not the key of/);
  assert.match(problems({ ...internal, PITRIX_INTERNAL_TLS_CA: good.key }), /^PITRIX_INTERNAL_TLS_CA is wrong: \S+ holds no certificate/);
  assert.match(problems({ KAFKA_TLS: "true", KAFKA_CA: missing }), /^KAFKA_CA is wrong: \S+ does not exist/);
  assert.match(
    problems({ MONGODB_URL: `mongodb://x/?tls=true&tlsCAFile=${missing}` }),
    /^tlsCAFile in MONGODB_URL is wrong: \S+ does not exist/,
  );
  assert.match(problems({ MONGODB_URL_ACCOUNT: `mongodb://x/?tlsCAFile=${text}` }), /^tlsCAFile in MONGODB_URL_ACCOUNT is wrong/);
});

test("a certificate that has expired says when", () => {
  const expired = known.issue("expired", -1);
  assert.match(
    problems({ PITRIX_TLS_CERT: expired.cert, PITRIX_TLS_KEY: expired.key }),
    /^PITRIX_TLS_CERT is wrong: \S+ expired on \w+ .* GMT; expected/,
  );
});

test("settings that do not go together are refused", () => {
  assert.match(problems({ PITRIX_TLS_CERT: good.cert }), /^PITRIX_TLS_KEY is missing, since PITRIX_TLS_CERT is set/);
  assert.match(problems({ PITRIX_TLS_KEY: good.key }), /^PITRIX_TLS_CERT is missing, since PITRIX_TLS_KEY is set/);
  const { PITRIX_INTERNAL_TLS_CA: _, ...withoutCa } = internal;
  assert.equal(problems(withoutCa), "PITRIX_INTERNAL_TLS_CA is missing: PITRIX_INTERNAL_TLS_CERT, _KEY and _CA go together");
  assert.match(problems({ KAFKA_CA: known.ca }), /^KAFKA_CA is set, but the connection to Kafka is not encrypted: expected KAFKA_TLS=true/);
  for (const far of ["kafka:9092", "127.0.0.1:9092,10.0.0.1:9092", "127.0.0.1.example.org:9092"])
    assert.match(
      problems({ KAFKA_BROKERS: far, KAFKA_SASL: "plain:me:secret" }),
      /^KAFKA_SASL is wrong: plain would send the password in clear/,
    );
  assert.equal(problems({ KAFKA_BROKERS: "127.0.0.1:9092,localhost:9093", KAFKA_SASL: "plain:me:secret" }), "");
  assert.equal(problems({ KAFKA_BROKERS: "kafka:9092", KAFKA_TLS: "true", KAFKA_SASL: "plain:me:secret" }), "");
  for (const wrong of ["scram-sha-1:me:secret", "scram-sha-512:me", "scram-sha-512::secret"]) {
    assert.match(problems({ KAFKA_SASL: wrong }), /^KAFKA_SASL is wrong: expected scram-sha-512:user:password/);
    assert.doesNotMatch(problems({ KAFKA_SASL: wrong }), /secret/);
  }
  assert.match(problems({ KAFKA_TLS: "yes" }), /^KAFKA_TLS is wrong: expected true or false/);
});

test("a service does not start with such files: it ends with 78 and names all of them", () => {
  const expired = known.issue("old", -1);
  const main = fileURLToPath(new URL("../../../../services/main.js", import.meta.url));
  const files = { PITRIX_TLS_CERT: expired.cert, PITRIX_TLS_KEY: expired.key, KAFKA_TLS: "true", KAFKA_CA: "nowhere.pem" };
  const env = { PATH: process.env.PATH ?? "", ...needed, ...files };
  const { status, stderr } = spawnSync(process.execPath, [main, "account"], { env, encoding: "utf8", timeout: 60_000 });
  assert.equal(status, 78);
  assert.match(stderr, /PITRIX_TLS_CERT is wrong: \S+ expired on/);
  assert.match(stderr, /KAFKA_CA is wrong: nowhere.pem does not exist; expected a PEM file/);
});
