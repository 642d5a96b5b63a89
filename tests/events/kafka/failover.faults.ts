import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { kafkaLog } from "../../../events/kafka/log.ts";
import type { Log } from "../../../events/ports.ts";
import { startKafka } from "../../../infra/embedded/kafka/server.ts";
import { byKey, collect, record, textOf } from "../../contract/log-world.ts";
import { eventually } from "../../eventually.ts";
import { type Finding, finding } from "../../faults/findings.ts";
import { type RowOutcome, type RunOptions, scaled } from "../../faults/row.ts";
import { CONVERGE } from "../../faults/run.ts";

const batch = 60;
const keys = Array.from({ length: batch }, (_, i) => `cluster/cl-${i}`);

/**
 * Brokers are killed, one after the other, while batches that span all partitions are published through the log and, as a control, through
 * kafkajs alone, each until it is acknowledged. Of three brokers each leads some partitions; the only one stays away until its readers have
 * failed. In the end all that was acknowledged is in the log, in order, and those who read it have gone on by themselves.
 */
export const brokersKilled =
  (nodes: 1 | 3) =>
  async ({ directory, factor, report }: RunOptions): Promise<RowOutcome> => {
    mkdirSync(directory, { recursive: true });
    report("starts Kafka");
    const kafka = await startKafka({ directory, nodes });
    const log = kafkaLog({
      ...kafka.connection,
      clientId: "failover",
      ...(nodes === 3 && { replicationFactor: 3, minInsyncReplicas: 2 }),
    });
    const alone = new Kafka({ ...kafka.connection, logLevel: logLevel.NOTHING }).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 1_000 },
    });
    try {
      const [topic, control] = [`failover.${randomUUID()}`, `failover.control.${randomUUID()}`];
      await log.ensureTopics([topic, control].map((name) => ({ name, partitions: 6, compacted: false })));
      await alone.connect();
      let failures = 0;
      const reading = await collect(log, [topic], { onError: () => void failures++ });
      const followed = new Set<string>();
      await log.follow(topic, (one) => void followed.add(`${one.key} ${textOf(one)}`));

      const ending = new AbortController();
      const ours = publishing((round) => log.publish(keys.map((key) => record(topic, key, round))), ending.signal);
      const theirs = publishing((value) => alone.send({ topic: control, messages: keys.map((key) => ({ key, value })) }), ending.signal);
      const kill = async (nth: number): Promise<void> => {
        const node = nodes === 3 ? 1 + (nth % nodes) : undefined;
        await pause(1_500);
        const before = failures;
        await kafka.kill(node);
        report(`${nth + 1} kills, ${ours.acknowledged()} records`);
        if (nodes === 1) await eventually("the subscription says that it failed", () => failures > before);
        await kafka.restart(node);
      };
      const least = scaled(10, factor, 3);
      const injectFault = async (): Promise<number> => {
        let kills = 0;
        // Where the control has lost nothing yet, no broker has died at a moment that matters.
        while (kills < least || (nodes === 3 && kills < 4 * least && !(await lacks(log, control, theirs.acknowledged()))))
          await kill(kills++);
        return kills;
      };
      const kills = await injectFault().finally(() => ending.abort());
      const lastFault = Date.now();
      await Promise.all([ours.over, theirs.over]);

      const [found, naive] = [await look(log, topic, ours.acknowledged()), await look(log, control, theirs.acknowledged())];
      const isRead = () => unlike(reading.records).size === found.distinct && followed.size === found.distinct;
      const until = lastFault + CONVERGE * 1_000;
      while (!isRead() && Date.now() < until) await pause(50);
      const converged = (Date.now() - lastFault) / 1_000;
      const rule = "publishing loses nothing that was acknowledged";
      const findings: readonly Finding[] = [
        ...Array.from({ length: found.lost }, () => finding("lost", rule, topic, "a record is not there")),
        ...unless(found.isInOrder, "disordered", "the order within each key is kept"),
        ...unless(isRead(), "unfinished", "readers go on by themselves"),
        ...unless(nodes === 1 || naive.lost > 0, "unfinished", "kafkajs alone loses some, else the run proves nothing"),
      ];
      const note = `lost: ${found.lost} of ${ours.acknowledged()} records acknowledged by the log, ${naive.lost} of ${theirs.acknowledged()} by kafkajs alone; its commands are records`;
      return { commands: ours.acknowledged(), kills, findings, converged, note };
    } finally {
      await Promise.all([log.close(), alone.disconnect()]).catch(() => {});
      await kafka.stop();
    }
  };

const unless = (is: boolean, column: Finding["column"], rule: string): readonly Finding[] =>
  is ? [] : [finding(column, rule, "", "it was not so")];

/** Publishes round after round, each again until it is acknowledged. */
const publishing = (publish: (round: string) => Promise<unknown>, ending: AbortSignal) => {
  let rounds = 0;
  const over = (async () => {
    for (; !ending.aborted; rounds++)
      for (let until = Date.now() + 120_000; until > 0; ) {
        const error = await publish(String(rounds)).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error === undefined) until = 0;
        else if (Date.now() > until) throw new Error("publishing does not work again", { cause: error });
        else await pause(50);
      }
  })();
  // It is awaited when the last broker is back; until then it is nobody's failure.
  over.catch(() => {});
  return { acknowledged: (): number => rounds * batch, over };
};

/** Whether a topic holds fewer records than were acknowledged. */
const lacks = async (log: Log, topic: string, acknowledged: number): Promise<boolean> =>
  (await log.ends(topic)).reduce((sum, { offset }) => sum + offset, 0) < acknowledged;

const unlike = (records: readonly { readonly key: string; readonly value: Uint8Array | null }[]): ReadonlySet<string> =>
  new Set(records.map((one) => `${one.key} ${textOf(one)}`));

/** How many acknowledged records are not in the log, and whether the first occurrences of every key are in order. */
const look = async (log: Log, topic: string, acknowledged: number) => {
  const stored = (await log.ends(topic)).reduce((sum, { offset }) => sum + offset, 0);
  const reading = await collect(log, [topic]);
  await eventually("all that is stored arrives", () => reading.records.length >= stored);
  await reading.stop();
  const first = [...byKey(reading.records).values()].map((texts) => [...new Set(texts)].map(Number));
  const distinct = first.reduce((sum, numbers) => sum + numbers.length, 0);
  const isInOrder = first.every((numbers) => numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0)));
  return { lost: acknowledged - distinct, distinct, isInOrder };
};
