import { contractOnThree } from "../contract/store.set.faults.ts";
import { brokersKilled } from "../events/kafka/failover.faults.ts";
import { rolledBack } from "../events/mongo/rollback.faults.ts";
import { duplicatesRun } from "./duplicates.ts";
import { futureRun } from "./future-run.ts";
import { poisonRun } from "./poison-run.ts";
import { replayKilled, replayOldLog, replayWhileWriting } from "./replay-rows.ts";
import { killPrimary, loseMajority, oneAtATime, stepDown } from "./replica-set-faults.ts";
import { type Row, scaled } from "./row.ts";
import { killService, roll, spread } from "./run.ts";
import { dropAnswers, dropped, everyService, fighting, killBroker, killStore, threeCopies, unnoticed } from "./server-faults.ts";
import { stormRun } from "./storm.ts";
import { streamingKilled } from "./streaming.ts";

/** The table of faults, as far as it needs real processes. */
export const rows: readonly Row[] = [
  {
    id: "1",
    fault: "kill -9 each service, at random and at named points",
    figures: "10,000 commands, 200 kills",
    full: { commands: 10_000, faults: 200 },
    run: everyService,
  },
  {
    id: "2",
    fault: "kill -9 broker",
    figures: "20,000 commands, 10 kills",
    full: { commands: 20_000, faults: 10 },
    run: fighting({ hurt: (field, { commands, factor }) => spread(field, commands, scaled(10, factor, 3), () => killBroker(field)) }),
  },
  {
    id: "2b",
    fault: "kill -9 leaders of three brokers (RF 3, min.insync.replicas 2)",
    figures: "20,000 commands, 10 kills",
    full: { commands: 20_000, faults: 10 },
    run: fighting({
      fixture: { nodes: 3 },
      more: threeCopies,
      hurt: async (field, { commands, factor }) => {
        let turn = Promise.resolve();
        // One at a time: with two of three gone nothing may be acknowledged.
        await spread(field, commands, scaled(10, factor, 3), (nth) => {
          turn = turn.then(() => killBroker(field, 1 + (nth % 3)));
          return turn;
        });
      },
    }),
  },
  {
    id: "2c",
    fault: "kill -9 leaders of three brokers under batches that span them, beside kafkajs alone",
    figures: "10 kills",
    full: { faults: 10 },
    run: brokersKilled(3),
  },
  {
    id: "2d",
    fault: "kill -9 the only broker under batches, until its readers have failed",
    figures: "10 kills",
    full: { faults: 10 },
    run: brokersKilled(1),
  },
  {
    id: "2e",
    fault: "kill -9 broker, with three store nodes",
    figures: "20,000 commands, 10 kills",
    full: { commands: 20_000, faults: 10 },
    run: fighting({
      fixture: { stores: 3 },
      hurt: (field, { commands, factor }) => spread(field, commands, scaled(10, factor, 3), () => killBroker(field)),
    }),
  },
  {
    id: "3",
    fault: "kill -9 store; 503 with Retry-After, never 500",
    figures: "20,000 commands, 10 kills",
    full: { commands: 20_000, faults: 10 },
    run: fighting({ hurt: (field, { commands, factor }) => spread(field, commands, scaled(10, factor, 3), () => killStore(field)) }),
  },
  {
    id: "3b",
    fault: "kill -9 and step down the primary of three store nodes, in the middle of writes",
    figures: "20,000 commands, 10 times each",
    full: { commands: 20_000, faults: 20 },
    run: fighting({
      fixture: { stores: 3 },
      hurt: (field, { commands, factor }) => {
        const injectFault = oneAtATime((each, nth) => (nth % 2 === 0 ? killPrimary(each) : stepDown(each)));
        return spread(field, commands, 2 * scaled(10, factor, 2), (nth) => injectFault(field, nth));
      },
    }),
  },
  {
    id: "3c",
    fault: "kill -9 two of three store nodes: 503 without a majority, and recovery",
    figures: "20,000 commands, 10 times",
    full: { commands: 20_000, faults: 10 },
    run: fighting({
      fixture: { stores: 3 },
      hurt: (field, { commands, factor }) => {
        const injectFault = oneAtATime(loseMajority);
        return spread(field, commands, scaled(10, factor, 2), (nth) => injectFault(field, nth));
      },
    }),
  },
  {
    id: "3d",
    fault: "rollback: the primary of three store nodes accepts writes alone and dies; a control writes with w: 1",
    figures: "10 times",
    full: { faults: 10 },
    run: rolledBack,
  },
  {
    id: "3e",
    fault: "no fault: the contract suite of the store, on three nodes",
    figures: "every test",
    full: {},
    run: contractOnThree,
  },
  {
    id: "4",
    fault: "kill -9 broker, store and gateway at once",
    figures: "10,000 commands, 5 times all three",
    full: { commands: 10_000, faults: 15 },
    run: fighting({
      hurt: (field, { commands, factor }) =>
        spread(field, commands, scaled(5, factor, 2), async () => {
          await Promise.all([killBroker(field), killStore(field), killService(field, "api")]);
        }),
    }),
  },
  {
    id: "4b",
    fault: "kill -9 broker, primary of three store nodes, and gateway at once",
    figures: "10,000 commands, 5 times all three",
    full: { commands: 10_000, faults: 15 },
    run: fighting({
      fixture: { stores: 3 },
      hurt: (field, { commands, factor }) => {
        const injectFault = oneAtATime(async (each) => {
          await Promise.all([killBroker(each), killPrimary(each), killService(each, "api")]);
        });
        return spread(field, commands, scaled(5, factor, 2), (nth) => injectFault(field, nth));
      },
    }),
  },
  {
    id: "5",
    fault: "every event 1 to 5 times, also much later",
    figures: "60,000 commands, some 100,000 events",
    full: { commands: 60_000 },
    run: duplicatesRun,
  },
  {
    id: "7",
    fault: "rebalance storm, members 1, 5, 2",
    figures: "100 rebalances under 500 events/s",
    full: { faults: 100 },
    run: stormRun,
  },
  {
    id: "9",
    fault: "poison: parked, held in order, redriven after the fix",
    figures: "100 in 10,000 commands",
    full: { commands: 10_000, faults: 100 },
    run: poisonRun,
  },
  {
    id: "10",
    fault: "a schema from the future: a newer build writes what this one does not know, then it is replaced, too",
    figures: "100,000 events, half of them in the newer schema",
    full: {},
    run: futureRun,
  },
  {
    id: "11",
    fault: "an old log: every released version of its schemas, rebuilt",
    figures: "1,000,000 events",
    full: {},
    run: replayOldLog,
  },
  {
    id: "15",
    fault: "ambiguous acknowledgements: answers of broker and store dropped",
    figures: "20,000 commands, 1,000 dropped answers",
    full: { commands: 20_000, faults: 1_000 },
    run: fighting({ fixture: { proxied: true }, more: dropped, hurt: dropAnswers }),
  },
  {
    id: "15b",
    fault: "ambiguous acknowledgements, with three store nodes",
    figures: "20,000 commands, 1,000 dropped answers",
    full: { commands: 20_000, faults: 1_000 },
    run: fighting({ fixture: { proxied: true, stores: 3 }, more: dropped, hurt: dropAnswers }),
  },
  {
    id: "16",
    fault: "kill -9 in the middle of a rebuild, its verification, promotion and rollback",
    figures: "50 kills",
    full: { faults: 50 },
    run: replayKilled,
  },
  {
    id: "17",
    fault: "rebuild while writing: 0 differences at the promotion",
    figures: "1,000,000 events, 500 a second meanwhile",
    full: {},
    run: replayWhileWriting,
  },
  {
    id: "18",
    fault: "SIGTERM rolling restart of every service under load",
    figures: "10,000 commands, 10 times all six; 0 failed requests, 0 repeated work",
    full: { commands: 10_000, faults: 60 },
    run: fighting({
      more: unnoticed,
      hurt: async (field, { commands, factor }) => {
        const rollouts = scaled(10, factor, 2);
        for (let nth = 0; nth < rollouts; nth++) {
          await field.reached(Math.floor(((nth + 0.5) * commands) / rollouts));
          await roll(field);
        }
      },
    }),
  },
  {
    id: "19",
    fault: "kill -9 gateway, services that stream, and the one that sends, while a stream and a webhook take everything",
    figures: "10,000 commands, 40 kills",
    full: { commands: 10_000, faults: 40 },
    run: streamingKilled,
  },
];
