import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { kafkaLog } from "../../../events/kafka/log.ts";
import type { KafkaConnection } from "../../../infra/embedded/kafka/connection.ts";
import { putQuotas, quotasOf } from "../../../infra/embedded/kafka/quotas.ts";
import { type KafkaServer, startKafka } from "../../../infra/embedded/kafka/server.ts";
import { kafkaAccess, kafkaUsers, THIRD_PARTY } from "../../../infra/platform/kafka.ts";
import { OPERATOR } from "../../../services/chassis/acls.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { services } from "../../../services/index.ts";
import { wakeCoordinators } from "../../bench/harness/kafka.ts";
import { eventually } from "../../eventually.ts";
import { clientOf, consuming, isRefusal, producing } from "../../world/kafka-client.ts";
import { endingWithProcess } from "../../world/servers.ts";
import { temporaryDirectory } from "../embedded/temporary-directory.ts";

const directory = temporaryDirectory();
const passwords = Object.fromEntries(kafkaUsers(Object.keys(services)).map((user) => [user, `secret-of-${user}`]));
let kafka: KafkaServer;
before(async () => {
  const access = kafkaAccess(await loadServices(services), passwords);
  kafka = endingWithProcess(await startKafka({ directory, background: true, ...access }));
  const log = kafkaLog({ ...kafka.connection, clientId: "setup" });
  for (const name of ["pitrix.user", "pitrix.repo", "pitrix.cluster", "pitrix.keys.account"])
    await log.ensureTopics([{ name, partitions: 1, compacted: false }]);
  for (const [topic, key] of [
    ["pitrix.user", "user/u-1"],
    ["pitrix.cluster", "cluster/cl-1"],
  ] as const)
    await log.publish([{ topic, key, value: Buffer.from("known"), headers: {} }]);
  await log.close();
  await wakeCoordinators(kafka.connection, []);
});

const anonymous = (): KafkaConnection => ({ brokers: kafka.connection.brokers });

const isRefused = (error: unknown, type: string): void =>
  assert.ok(isRefusal(error, type), `${type} was expected: ${error instanceof Error ? error.stack : error}`);

test("who does not log in can neither produce, nor consume, nor administer, at the brokers' port or the controllers'", async () => {
  assert.ok((await producing(anonymous(), "pitrix.user")) instanceof Error);
  assert.ok((await consuming(anonymous(), "pitrix.user", "anybody")) instanceof Error);
  const { nodes } = JSON.parse(readFileSync(join(directory, "cluster.json"), "utf8"));
  for (const brokers of [anonymous().brokers, [`127.0.0.1:${nodes[0].controllerPort}`]]) {
    const admin = clientOf({ brokers }).admin();
    await assert.rejects(admin.connect().then(() => admin.listTopics()));
    await admin.disconnect();
  }
  const wrong = { ...anonymous(), sasl: { mechanism: "plain", username: "account", password: "guessed" } } as const;
  assert.match(String(await producing(wrong, "pitrix.user")), /Authentication failed/);
});

test("a service writes its own topics, and no other's", async () => {
  assert.equal(await producing(kafka.as("repo"), "pitrix.repo", "repo/r-1"), undefined);
  isRefused(await producing(kafka.as("repo"), "pitrix.user"), "TOPIC_AUTHORIZATION_FAILED");
  isRefused(await producing(kafka.as("repo"), "pitrix.keys.account"), "TOPIC_AUTHORIZATION_FAILED");
  assert.equal(await producing(kafka.as("account"), "pitrix.user", "user/u-3"), undefined);
});

test("a service reads what its tables read, in its own groups only", async () => {
  assert.equal(await consuming(kafka.as("repo"), "pitrix.user", "pitrix.repo.test"), "known");
  isRefused(await consuming(kafka.as("repo"), "pitrix.user", "pitrix.account.users__v1"), "GROUP_AUTHORIZATION_FAILED");
  isRefused(await consuming(kafka.as("account"), "pitrix.repo", "pitrix.account.test"), "TOPIC_AUTHORIZATION_FAILED");
  const admin = clientOf(kafka.as("repo")).admin();
  await admin.connect();
  await assert.rejects(admin.deleteTopics({ topics: ["pitrix.repo"] }));
  await assert.rejects(admin.deleteGroups(["pitrix.account.users__v1"]));
  await admin.disconnect();
});

test("what a third party reads is limited, and what a service reads is not", async () => {
  assert.deepEqual(await quotasOf(kafka.connection, THIRD_PARTY), { consumer_byte_rate: 16 * 1024 * 1024, request_percentage: 50 });
  assert.deepEqual(await quotasOf(kafka.connection, "repo"), {});
  await putQuotas(kafka.connection, "second", { producer_byte_rate: 1_000 });
  await eventually("the broker knows it", async () => (await quotasOf(kafka.connection, "second")).producer_byte_rate === 1_000);
  await assert.rejects(putQuotas(kafka.connection, "second", { consumer_byte_rate: -1 }), /error/);
});

test("a third party reads events with SCRAM in groups of its name, and neither keys nor in a service's place", async () => {
  const reader = kafka.as(THIRD_PARTY);
  assert.match(reader.sasl?.mechanism ?? "", /^scram/);
  assert.equal(await consuming(reader, "pitrix.cluster", `${THIRD_PARTY}.mine`), "known");
  for (const topic of ["pitrix.user", "pitrix.keys.account"])
    isRefused(await consuming(reader, topic, `${THIRD_PARTY}.mine`), "TOPIC_AUTHORIZATION_FAILED");
  isRefused(await consuming(reader, "pitrix.cluster", "pitrix.account.users__v1"), "GROUP_AUTHORIZATION_FAILED");
  isRefused(await producing(reader, "pitrix.cluster"), "TOPIC_AUTHORIZATION_FAILED");
});

test("the operator's command reads every topic and writes none", async () => {
  assert.equal(await consuming(kafka.as(OPERATOR), "pitrix.user", "pitrix-cli-test"), "known");
  isRefused(await producing(kafka.as(OPERATOR), "pitrix.user"), "TOPIC_AUTHORIZATION_FAILED");
});

test("passwords are in files that only their owner reads, and in no arguments", () => {
  for (const file of ["administrator.json", join("node-1", "server.properties")])
    assert.equal(statSync(join(directory, file)).mode & 0o077, 0, file);
  for (const pid of kafka.pids) assert.doesNotMatch(readFileSync(`/proc/${pid}/cmdline`, "utf8"), /secret-of/);
});

test("the next start takes a changed password and other rights, and the old ones are worth nothing", async () => {
  await kafka.stop();
  const changed = { ...passwords, repo: "another-secret" };
  const before = kafka.as("repo");
  const { users, acls } = kafkaAccess(await loadServices(services), changed);
  const fewer = acls.filter(({ user, name }) => user !== "repo" || name !== "pitrix.repo");
  kafka = endingWithProcess(await startKafka({ directory, background: true, users, acls: fewer }));
  assert.match(String(await producing(before, "pitrix.repo", "repo/r-1")), /Authentication failed/);
  isRefused(await producing(kafka.as("repo"), "pitrix.repo", "repo/r-1"), "TOPIC_AUTHORIZATION_FAILED");
  assert.equal(await producing(kafka.as("account"), "pitrix.user", "user/u-4"), undefined);
});
