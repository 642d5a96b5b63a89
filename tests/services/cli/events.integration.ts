import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { type KafkaConnection, settingsOf } from "../../../infra/embedded/kafka/connection.ts";
import { sharedKafka } from "../../../infra/embedded/shared.ts";
import { program } from "../../../services/cli/program.ts";
import { eventually } from "../../eventually.ts";
import { changes } from "../../world/toys/catalog.ts";
import { recording } from "./terminal.ts";

const topic = { name: "pitrix.category", partitions: 6, compacted: false };

const run = (connection: KafkaConnection, args: readonly string[], signal = new AbortController().signal) => {
  const { terminal, text, code } = recording();
  const ended = program(terminal, settingsOf(connection), signal).parseAsync([...args], { from: "user" });
  return {
    ended,
    lines: () =>
      text()
        .split("\n")
        .filter((line) => line !== ""),
    code,
  };
};

test("what is on the log is shown decoded, and with --follow what comes, until interrupted", async (t) => {
  const { connection } = await sharedKafka();
  const log = kafkaLog({ ...connection, clientId: "cli" });
  t.after(() => log.close());
  const key = randomUUID();
  await log.ensureTopics([topic]);
  await log.publish(changes(key, 1, 3));

  const there = run(connection, ["events", "--stream", `category/${key}`, "--json"]);
  await there.ended;
  const shown = there.lines().map((line) => JSON.parse(line));
  assert.deepEqual(
    shown.map(({ type, eventId, data }) => [type, eventId, data.name]),
    ["1", "2", "3"].map((name) => ["CategoryModified", `category/${key}@${name}`, name]),
  );

  const interrupt = new AbortController();
  const following = run(connection, ["events", "--follow", "--type", "CategoryModified", "--stream", `category/${key}`], interrupt.signal);
  let version = 3;
  // It may not have joined yet when the first ones are published: it begins at the ends that it found.
  const publishing = (async () => {
    while (following.lines().length === 0 && version < 400) await log.publish(changes(key, ++version, version));
  })();
  await eventually("it sees what comes", () => following.lines().length > 0);
  await publishing;
  interrupt.abort();
  await following.ended;
  assert.match(following.lines()[0] ?? "", new RegExp(`CategoryModified {2}category/${key}@\\d+ {2}\\{`));
  assert.equal(
    following.lines().some((line) => /@[123] /.test(line)),
    false,
    "what was there before is not shown",
  );
});

test("the audit says of a stream whether each version is on the log, and ends with 1 where one is missing", async (t) => {
  const { connection } = await sharedKafka();
  const log = kafkaLog({ ...connection, clientId: "cli-audit" });
  t.after(() => log.close());
  const [whole, torn] = [randomUUID(), randomUUID()];
  await log.ensureTopics([topic]);
  await log.publish([...changes(whole, 1, 3), ...changes(whole, 2, 2), ...changes(torn, 1, 1), ...changes(torn, 4, 5)]);
  const audit = async (...args: readonly string[]) => {
    const { ended, lines, code } = run(connection, ["audit", "--log-only", ...args]);
    await ended;
    return { lines: lines(), code: code() };
  };

  const good = await audit("--stream", `category/${whole}`);
  assert.deepEqual(good, {
    lines: ["complete  4 records of 1 streams, 1 of them repeats: no version is missing or out of order; the services were not asked."],
    code: 0,
  });
  const bad = await audit("--stream", `category/${torn}`);
  assert.equal(bad.code, 1);
  assert.match(bad.lines[1] ?? "", new RegExp(`^missing {2}category/${torn} {2}2 to 3 {3,}pitrix.category/\\d/\\d+$`));
  const [json] = (await audit("--stream", `category/${torn}`, "--json")).lines;
  const [finding] = JSON.parse(json ?? "").findings;
  assert.deepEqual([finding.kind, finding.from, finding.to], ["missing", 2, 3]);
  await assert.rejects(audit("--stream", "category/nobody"), /the log has no events of category\/nobody/);
});
