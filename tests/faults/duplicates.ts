import { kafkaLog } from "../../events/kafka/log.ts";
import type { LogRecord, OutgoingRecord } from "../../events/ports.ts";
import type { Field } from "./battle.ts";
import { readLog } from "./evidence.ts";

const outgoing = ({ topic, key, value, headers }: LogRecord): OutgoingRecord => ({ topic, key, value, headers });

/**
 * Every event comes 1 to 5 times: some again while others follow, and in the end the whole log once more from its start, as after days.
 * A repeat has the id and the bytes of its event, as when a relay repeats it.
 */
export const duplicate = async ({ ground, workload, reached, random, struck }: Field, commands: number): Promise<void> => {
  const log = kafkaLog({ brokers: ground.brokers, clientId: "duplicates" });
  let repeats = 0;
  const again = async (records: readonly LogRecord[]): Promise<void> => {
    const chosen = records.flatMap((record) => Array.from({ length: random.below(3) }, () => outgoing(record)));
    for (let from = 0; from < chosen.length; from += 500) await log.publish(chosen.slice(from, from + 500));
    repeats += chosen.length;
  };
  try {
    let known = 0;
    for (let over = false; !over; ) {
      const before = workload.done();
      await reached(before + 200);
      over = workload.done() >= commands;
      const records = [...(await readLog(ground.brokers))].flatMap(([topic, partitions]) => (isEvents(topic) ? partitions.flat() : []));
      const first = new Map(records.map((record) => [record.headers.ce_id, record]));
      // Those that are new since the last time, and in the end all, from the first.
      const fresh = [...first.values()].slice(over ? 0 : known);
      known = first.size;
      await again(fresh);
      struck(`${repeats} repeats of ${first.size} events`);
    }
  } finally {
    await log.close();
  }
};

const isEvents = (topic: string): boolean => !topic.startsWith("pitrix.deadLetter");
