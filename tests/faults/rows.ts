import { setTimeout as pause } from "node:timers/promises";
import { type BattleOptions, battle, type Field, killService, type Outcome, roll, spread } from "./battle.ts";
import type { Finding } from "./checker.ts";
import { type ServiceName, serviceNames } from "./composition.ts";
import { type CrashPoint, crashPoints } from "./crash-points.ts";
import { duplicate } from "./duplicates.ts";
import { poisonRun } from "./poison-run.ts";
import { stormRun } from "./storm.ts";

/** A row of the table of faults: what is done, how often in full, and how. */
export type Row = {
  readonly id: string;
  readonly fault: string;
  /** What the table asks for, as people read it. */
  readonly figures: string;
  /** Commands (or events) in full; a run has its factor of them, and at least `least`. */
  readonly full: number;
  readonly least: number;
  readonly run: ((options: RunOptions) => Promise<RowOutcome>) | undefined;
  /** Why there is nothing to run. */
  readonly missing?: string;
};
export type RunOptions = {
  readonly directory: string;
  readonly commands: number;
  readonly factor: number;
  readonly seed: number;
  readonly report: (text: string) => void;
};
export type RowOutcome = Outcome & {
  readonly note?: string;
  /** Of the full figures, where it is not the share of the commands. */
  readonly share?: number;
};

/** So many, scaled, and at least so many. */
const scaled = (full: number, factor: number, least: number): number => Math.max(least, Math.round(full * factor));

type Strike = Pick<BattleOptions, "ground" | "more" | "people" | "clusters"> & {
  readonly hurt: (field: Field, options: RunOptions) => Promise<void>;
};
const fighting =
  (name: string, { hurt, ...rest }: Strike) =>
  (options: RunOptions): Promise<Outcome> =>
    battle({ ...options, ...rest, name, hurt: (field) => hurt(field, options) });

const killBroker = async ({ ground, struck }: Field, node?: number): Promise<void> => {
  await ground.kafka.kill(node);
  struck(node === undefined ? "kill -9 broker" : `kill -9 broker ${node}`);
  await ground.kafka.restart(node);
};
const killStore = async ({ ground, struck }: Field): Promise<void> => {
  await ground.store.kill();
  struck("kill -9 store");
  await ground.store.restart();
};

const pointsOf = (name: ServiceName): readonly CrashPoint[] =>
  name === "api" ? [] : crashPoints.filter((point) => point !== "after effect, before commit" || name === "provider-local");

/** Two deaths of a service: one at a random moment, one at a named point, or at another random moment if it never comes there. */
const killTwice = async (field: Field, name: ServiceName, nth: number, hits: Map<CrashPoint, number>): Promise<void> => {
  const { ground, struck, random } = field;
  const points = pointsOf(name);
  const point = points[nth % Math.max(1, points.length)];
  if (!point) {
    await killService(field, name);
    await killService(field, name);
    return;
  }
  struck(`kill -9 ${name}`);
  if (await ground.services[name].doom({ point, count: 1 + random.below(8) }, 10_000)) {
    hits.set(point, (hits.get(point) ?? 0) + 1);
    struck(`${name} died ${point}`);
  } else await killService(field, name);
};

const everyService = async (options: RunOptions): Promise<RowOutcome> => {
  const hits = new Map<CrashPoint, number>();
  const rounds = scaled(100, options.factor, serviceNames.length) / serviceNames.length;
  const hurt = async (field: Field): Promise<void> => {
    // Each service in its own pace, since a new life waits for the session of the old one to end.
    await field.reached(options.commands * 0.05);
    await Promise.all(
      serviceNames.map(async (name, index) => {
        await pause(1_000 * index);
        for (let round = 0; round < rounds; round++) await killTwice(field, name, round, hits);
      }),
    );
    // What of the points nobody came to by chance: the provider is the one that comes to all.
    for (const [index, point] of crashPoints.entries())
      for (let attempt = 0; !hits.has(point) && attempt < 3; attempt++) await killTwice(field, "provider-local", index, hits);
  };
  const outcome = await battle({ ...options, name: "1", clusters: 2, hurt });
  const note = crashPoints.map((point) => `${point}: ${hits.get(point) ?? 0}`).join("; ");
  const never = crashPoints.filter((point) => !hits.has(point));
  const missed = never.map(
    (point): Finding => ({ column: "unfinished", rule: "each named point is hit", about: point, message: `no process died ${point}` }),
  );
  return { ...outcome, findings: [...outcome.findings, ...missed], note };
};

/** No request failed while everything was replaced, and the outside saw each task once. */
const unnoticed = async ({ client, ground, history }: Field): Promise<readonly Finding[]> => {
  const failed = history.lines.filter((line) => line.type === "info");
  const repeated = ground.ledger.calls.filter(({ key }, index, all) => all.findIndex((each) => each.key === key) !== index);
  return [
    ...failed.map(
      (line): Finding => ({ column: "refused wrongly", rule: "a rollout fails no request", about: "", message: JSON.stringify(line) }),
    ),
    ...(client.counts.failed > failed.length
      ? [
          {
            column: "refused wrongly",
            rule: "a rollout fails no request",
            about: "",
            message: `${client.counts.failed - failed.length} reads failed`,
          } as const,
        ]
      : []),
    ...repeated.map(
      ({ key }): Finding => ({
        column: "duplicated",
        rule: "a rollout repeats no work",
        about: key,
        message: `${key} was called out again`,
      }),
    ),
  ];
};

export const rows: readonly Row[] = [
  {
    ...{
      id: "1",
      fault: "kill -9 each service, at random and at named points",
      figures: "10,000 commands, 200 kills",
      full: 10_000,
      least: 300,
    },
    run: everyService,
  },
  {
    ...{ id: "2", fault: "kill -9 broker", figures: "20,000 commands, 10 kills", full: 20_000, least: 300 },
    run: fighting("2", { hurt: (field, { commands, factor }) => spread(field, commands, scaled(10, factor, 3), () => killBroker(field)) }),
  },
  {
    ...{
      id: "2b",
      fault: "kill -9 leaders of three brokers (RF 3, min.insync.replicas 2)",
      figures: "20,000 commands, 10 kills",
      full: 20_000,
      least: 300,
    },
    run: fighting("2b", {
      ground: { nodes: 3 },
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
    ...{ id: "3", fault: "kill -9 store; 503 with Retry-After, never 500", figures: "20,000 commands, 10 kills", full: 20_000, least: 300 },
    run: fighting("3", { hurt: (field, { commands, factor }) => spread(field, commands, scaled(10, factor, 3), () => killStore(field)) }),
  },
  {
    ...{ id: "4", fault: "kill -9 broker, store and gateway at once", figures: "5 double kills", full: 10_000, least: 300 },
    run: fighting("4", {
      hurt: (field, { commands, factor }) =>
        spread(field, commands, scaled(5, factor, 2), async () => {
          await Promise.all([killBroker(field), killStore(field), killService(field, "api")]);
        }),
    }),
  },
  {
    ...{ id: "5", fault: "every event 1 to 5 times, also much later", figures: "100,000 events", full: 60_000, least: 300 },
    run: fighting("5", { hurt: (field) => duplicate(field) }),
  },
  {
    ...{ id: "7", fault: "rebalance storm, members 1, 5, 2", figures: "100 rebalances under 500 events/s", full: 100, least: 10 },
    run: stormRun,
  },
  {
    ...{
      id: "9",
      fault: "poison: parked, held in order, redriven after the fix",
      figures: "100 in 10,000 commands",
      full: 10_000,
      least: 300,
    },
    run: poisonRun,
  },
  {
    ...{
      id: "15",
      fault: "ambiguous acknowledgements: answers of broker and store dropped",
      figures: "1,000 dropped answers",
      full: 20_000,
      least: 300,
    },
    run: fighting("15", {
      ground: { proxied: true },
      hurt: async (field, { commands, factor }) => {
        const { ground, struck, random } = field;
        await spread(field, commands, scaled(1_000, factor, 20), async () => {
          const which = random.happens(0.5) ? "broker" : "store";
          ground.drops[which]++;
          struck(`a dropped answer of the ${which}`);
        });
      },
    }),
  },
  {
    ...{ id: "16", fault: "kill -9 in the middle of replay, promote and verify", figures: "50 kills", full: 50, least: 5 },
    run: undefined,
    missing: "the interpreter `replay` is not there yet",
  },
  {
    ...{
      id: "18",
      fault: "SIGTERM rolling restart of every service under load",
      figures: "0 failed requests, 0 repeated work",
      full: 10_000,
      least: 300,
    },
    run: fighting("18", {
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
];
