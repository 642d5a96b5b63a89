import { kafkaLog } from "../../events/kafka/log.ts";
import type { LogRecord, OutgoingRecord } from "../../events/ports.ts";
import { readLog } from "./evidence.ts";
import type { RowOutcome, RunOptions } from "./row.ts";
import { type Field, runFaults } from "./run.ts";

const outgoing = ({ topic, key, value, headers }: LogRecord): OutgoingRecord => ({ topic, key, value, headers });

/**
 * Every event comes 1 to 5 times: some again while others follow, and in the end the whole log once more from its start, as after days.
 * A repeat has the id and the bytes of its event, as when a relay repeats it.
 */
export const duplicatesRun = async (options: RunOptions): Promise<RowOutcome> => {
  let repeats = 0;
  let events = 0;
  const hurt = async ({ fixture, workload, reached, random, struck }: Field): Promise<void> => {
    const log = kafkaLog({ ...fixture.connection, clientId: "duplicates" });
    const again = async (records: readonly LogRecord[]): Promise<void> => {
      const chosen = records.flatMap((record) => Array.from({ length: random.below(3) }, () => outgoing(record)));
      for (let from = 0; from < chosen.length; from += 500) await log.publish(chosen.slice(from, from + 500));
      repeats += chosen.length;
    };
    try {
      for (let over = false; !over; ) {
        const before = workload.done();
        await reached(before + 200);
        over = workload.done() >= options.commands;
        const records = [...(await readLog(fixture.connection))].flatMap(([topic, partitions]) =>
          isEvents(topic) ? partitions.flat() : [],
        );
        const first = new Map(records.map((record) => [record.headers.ce_id, record]));
        // Those that are new since the last time, and in the end all, from the first.
        const fresh = [...first.values()].slice(over ? 0 : events);
        events = first.size;
        await again(fresh);
        struck(`${repeats} repeats of ${events} events`);
      }
    } finally {
      await log.close();
    }
  };
  const outcome = await runFaults({ ...options, hurt });
  return { ...outcome, kills: repeats, note: `its faults are repeats, of ${events} events` };
};

const isEvents = (topic: string): boolean => !topic.startsWith("pitrix.deadLetter");
