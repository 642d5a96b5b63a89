import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { sharedKafka } from "../../../infra/embedded/shared.ts";
import { program } from "../../../services/cli/program.ts";
import { eventually } from "../../contract/log-world.ts";
import { changes } from "../../events/subscription/rig.ts";

test("what is on the log is shown decoded, and with --follow what comes, until interrupted", async (t) => {
  const { brokers } = await sharedKafka();
  const log = kafkaLog({ brokers, clientId: "cli" });
  t.after(() => log.close());
  const key = randomUUID();
  await log.ensureTopics([{ name: "pitrix.category", partitions: 6, compacted: false }]);
  await log.publish(changes(key, 1, 3));

  const run = (args: readonly string[], signal: AbortSignal) => {
    let text = "";
    const terminal = {
      write: (more: string): void => {
        text += more;
      },
      exit: () => {},
      isTerminal: false,
    };
    const ended = program(terminal, { KAFKA_BROKERS: brokers.join(",") }, signal).parseAsync(["events", ...args], { from: "user" });
    return { ended, lines: () => text.split("\n").filter((line) => line !== "") };
  };

  const there = run(["--stream", `category/${key}`, "--json"], new AbortController().signal);
  await there.ended;
  const shown = there.lines().map((line) => JSON.parse(line));
  assert.deepEqual(
    shown.map(({ type, eventId, data }) => [type, eventId, data.name]),
    ["1", "2", "3"].map((name) => ["CategoryModified", `category/${key}@${name}`, name]),
  );

  const interrupt = new AbortController();
  const following = run(["--follow", "--type", "CategoryModified", "--stream", `category/${key}`], interrupt.signal);
  let version = 3;
  // It may not have joined yet when the first ones are published: it begins at the ends that it found.
  const publishing = (async () => {
    while (following.lines().length === 0 && version < 400) await log.publish(changes(key, ++version, version));
  })();
  await eventually(() => following.lines().length > 0, "it sees what comes");
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
