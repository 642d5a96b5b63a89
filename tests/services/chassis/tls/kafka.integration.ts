import assert from "node:assert/strict";
import { before, test } from "node:test";
import { kafkaLog } from "../../../../events/kafka/log.ts";
import { Denied } from "../../../../services/chassis/process/tls/denied.ts";
import { eventually } from "../../../eventually.ts";
import { type Authority, authority, renew } from "./authority.ts";
import { connected, securedKafka } from "./fixture.ts";

let known: Authority;
let settings: Awaited<ReturnType<typeof securedKafka>>;
before(async () => {
  known = authority();
  settings = await securedKafka(known);
});

test("what is published with one SCRAM mechanism and a certificate is read with the other", { timeout: 60_000 }, async (t) => {
  const writer = await connected(t, settings);
  const reader = await connected(t, { ...settings, KAFKA_SASL: "scram-sha-256:reader:staple" });
  await writer.ensureTopics([{ name: "secured", partitions: 1, compacted: false }]);
  await writer.publish([{ topic: "secured", key: "a", value: Buffer.from("hello"), headers: {} }]);
  const heard: string[] = [];
  const following = await reader.follow("secured", ({ value }) => void heard.push(Buffer.from(value ?? []).toString()));
  await following.caughtUp;
  assert.deepEqual(heard, ["hello"]);
  await following.stop();
});

const refused: readonly (readonly [what: string, other: () => Record<string, string>, says: RegExp])[] = [
  ["a wrong password", () => ({ KAFKA_SASL: "scram-sha-512:pitrix:wrong" }), /wrong user or password: .*\n.*KAFKA_SASL/],
  ["a user that is not there", () => ({ KAFKA_SASL: "scram-sha-256:nobody:wrong" }), /wrong user or password: .*\n.*KAFKA_SASL/],
  [
    "another authority than Kafka's",
    () => ({ KAFKA_CA: authority().ca }),
    /no TLS with it \((UNABLE_TO|SELF_SIGNED)_\w+\): .*\n.*KAFKA_CA/,
  ],
  ["no certificate", () => ({ KAFKA_CERT: "", KAFKA_KEY: "" }), /no TLS with it \(ERR_SSL_\w+\): \w+ alert .*\n.*KAFKA_CERT/],
];
for (const [what, other, says] of refused)
  test(`${what} ends a start at once, saying which settings count`, { timeout: 60_000 }, async (t) => {
    const began = Date.now();
    await assert.rejects(connected(t, { ...settings, ...other() }), (error: Error) => {
      assert.match(error.message, says);
      return error instanceof Denied;
    });
    assert.ok(Date.now() - began < 30_000);
  });

test("a plaintext client gets nothing", { timeout: 60_000 }, async (t) => {
  const log = kafkaLog({ brokers: [settings.KAFKA_BROKERS ?? ""], clientId: "plain", timeout: 5_000 });
  t.after(log.close);
  await assert.rejects(log.ensureTopics([{ name: "plain", partitions: 1, compacted: false }]));
});

test("the next connection shows a renewed certificate", { timeout: 120_000 }, async (t) => {
  const mine = known.issue("renewed");
  const log = await connected(t, { ...settings, KAFKA_CERT: mine.cert, KAFKA_KEY: mine.key });
  /** Every such question has a connection of its own. */
  const isLetIn = (): Promise<boolean> =>
    log.ensureTopics([{ name: "renewals", partitions: 1, compacted: false }]).then(
      () => true,
      () => false,
    );
  assert.equal(await isLetIn(), true);
  renew(mine, authority().issue("foreign"));
  await eventually("the refusal", async () => !(await isLetIn()));
  renew(mine, known.issue("ours-again"));
  await eventually("the return", isLetIn);
});
