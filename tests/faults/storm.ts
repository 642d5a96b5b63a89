import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { kafkaLog } from "../../events/kafka/log.ts";
import { topicsOfService } from "../../events/service.ts";
import { checkReactions } from "../../events/simulation/check/reactions.ts";
import { collections } from "../../events/subscription/collections.ts";
import { type KafkaConnection, settingsOf } from "../../infra/embedded/kafka/connection.ts";
import { startKafka } from "../../infra/embedded/kafka/server.ts";
import { startStore } from "../../infra/embedded/store/server.ts";
import { contract } from "../../services/chassis/contract.ts";
import { runtime } from "../../services/runtime/service.ts";
import { checkModels, evidenceOf } from "./checker.ts";
import { readDatabase, readLog } from "./evidence.ts";
import type { Finding } from "./findings.ts";
import { historyIn } from "./history.ts";
import { chance } from "./random.ts";
import { type RowOutcome, type RunOptions, scaled } from "./row.ts";
import { CONVERGE } from "./run.ts";
import { pour, RATE } from "./storm-events.ts";
import { groupOf } from "./storm-group.ts";

const DATABASE = "pitrix_storm";

/** Members join, leave and are killed while events pour in: an event that two owners apply changes nothing. */
export const stormRun = async ({ directory, factor, seed, report }: RunOptions): Promise<RowOutcome> => {
  mkdirSync(directory, { recursive: true });
  const random = chance(seed);
  const rebalances = scaled(100, factor, 10);
  const history = historyIn(join(directory, "history.jsonl"));
  const closing: (() => Promise<unknown>)[] = [history.close];
  try {
    report("starts Kafka and the document store");
    const kafka = await startKafka({ directory: join(directory, "kafka") });
    closing.push(kafka.stop);
    const store = await startStore({ directory: join(directory, "store") });
    closing.push(store.stop);
    const log = kafkaLog({ ...kafka.connection, clientId: "storm" });
    closing.push(log.close);
    const { events, reads } = topicsOfService(contract, runtime);
    await log.ensureTopics([
      ...[...new Set([...events, ...reads])].map((name) => ({ name, partitions: 6, compacted: false })),
      { name: "pitrix.deadLetter.storm", partitions: 1, compacted: false },
    ]);
    const members = groupOf([DATABASE], { ...settingsOf(kafka.connection), MONGODB_URL: store.url });
    closing.push(members.stop);
    await members.add();
    let over = false;
    const pouring = pour(log, () => over);
    let kills = 0;
    let changes = 0;
    // 1, 5, 2, 5, 2 ...: the last of each ebb is killed instead of asked to leave.
    for (let wanted = 5; changes < rebalances; wanted = wanted === 5 ? 2 : 5) {
      while (members.size() < wanted && changes < rebalances) {
        await members.add();
        changes++;
        report(`${changes}/${rebalances} rebalances, ${members.size()} members, ${pouring.count()} events`);
      }
      while (members.size() > wanted && changes < rebalances) {
        const kill = random.happens(0.3);
        await members.remove(kill);
        if (kill) kills++;
        changes++;
        history.note({ type: "fault", process: -1, text: kill ? "kill -9 member" : "a member leaves" });
        report(`${changes}/${rebalances} rebalances, ${members.size()} members, ${pouring.count()} events`);
      }
    }
    over = true;
    await pouring.over;
    const last = Date.now();
    for (;;) {
      const at = Date.now();
      const findings = await look(kafka.connection, store.url);
      const done = findings.length === 0;
      if (done || at - last > CONVERGE * 1_000)
        return {
          ...{ commands: pouring.count(), kills: changes, findings, converged: done ? (at - last) / 1_000 : undefined },
          note: `its commands are events, ${RATE} a second, its faults rebalances, ${kills} of them by kill -9`,
        };
      await pause(500);
    }
  } finally {
    for (const close of closing.reverse()) await close().catch(() => {});
  }
};

/** The members' read models against a rebuild, and each reaction done once. */
const look = async (connection: KafkaConnection, url: string): Promise<readonly Finding[]> => {
  const client = new MongoClient(url, { promoteBuffers: true });
  try {
    const { name, projections = [] } = runtime;
    const database = await readDatabase(
      client.db(DATABASE),
      projections.map((each) => collections(projections).of(each.name)),
    );
    const left = { services: [runtime], databases: new Map([[name, database]]), contents: await readLog(connection) };
    return [...checkModels(left), ...[...checkReactions(evidenceOf(left))].map((each): Finding => ({ ...each, column: "lost" }))];
  } finally {
    await client.close();
  }
};
