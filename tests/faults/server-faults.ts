import { setTimeout as pause } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import { type ServiceName, serviceNames } from "./composition.ts";
import { type CrashPoint, crashPoints } from "./crash-points.ts";
import { type Finding, finding } from "./findings.ts";
import { type RowOutcome, type RunOptions, scaled } from "./row.ts";
import { type FaultRunOptions, type Field, killService, type Outcome, runFaults, spread } from "./run.ts";

type FaultOptions = Pick<FaultRunOptions, "fixture" | "more" | "people" | "clusters"> & {
  readonly hurt: (field: Field, options: RunOptions) => Promise<void>;
};
export const fighting =
  ({ hurt, ...rest }: FaultOptions) =>
  (options: RunOptions): Promise<Outcome> =>
    runFaults({ ...options, ...rest, hurt: (field) => hurt(field, options) });

export const killBroker = async ({ fixture, struck }: Field, node?: number): Promise<void> => {
  await fixture.kafka.kill(node);
  struck(node === undefined ? "kill -9 broker" : `kill -9 broker ${node}`);
  await fixture.kafka.restart(node);
};
export const killStore = async ({ fixture, struck }: Field): Promise<void> => {
  await fixture.store.kill();
  struck("kill -9 store");
  await fixture.store.restart();
};

const pointsOf = (name: ServiceName): readonly CrashPoint[] =>
  // Nobody sends them commands.
  name === "api" || name === "webhook"
    ? []
    : crashPoints.filter((point) => point !== "after effect, before commit" || name === "provider-local");

/** Two deaths of a service: one at a random moment, one at a named point, or at another random moment if it never comes there. */
const killTwice = async (field: Field, name: ServiceName, nth: number, hits: Map<CrashPoint, number>): Promise<void> => {
  const { fixture, struck, random } = field;
  const points = pointsOf(name);
  const point = points[nth % Math.max(1, points.length)];
  if (!point) {
    await killService(field, name);
    await killService(field, name);
    return;
  }
  struck(`kill -9 ${name}`);
  if (await fixture.services[name].doom({ point, count: 1 + random.below(8) }, 10_000)) {
    hits.set(point, (hits.get(point) ?? 0) + 1);
    struck(`${name} died ${point}`);
  } else await killService(field, name);
};

export const everyService = async (options: RunOptions): Promise<RowOutcome> => {
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
  const outcome = await runFaults({ ...options, clusters: 2, hurt });
  const note = crashPoints.map((point) => `${point}: ${hits.get(point) ?? 0}`).join("; ");
  const never = crashPoints.filter((point) => !hits.has(point));
  const missed = never.map((point) => finding("unfinished", "each named point is hit", point, `no process died ${point}`));
  return { ...outcome, findings: [...outcome.findings, ...missed], note };
};

/** No request failed while everything was replaced, and the outside saw each task once. */
export const unnoticed = async ({ client, fixture, history }: Field): Promise<readonly Finding[]> => {
  const failed = history.lines.filter((line) => line.type === "info");
  const repeated = fixture.ledger.calls.filter(({ key }, index, all) => all.findIndex((each) => each.key === key) !== index);
  const reads = client.counts.failed - failed.length;
  return [
    ...failed.map((line) => finding("refused wrongly", "a rollout fails no request", "", JSON.stringify(line))),
    ...(reads > 0 ? [finding("refused wrongly", "a rollout fails no request", "", `${reads} reads failed`)] : []),
    ...repeated.map(({ key }) => finding("duplicated", "a rollout repeats no work", key, `${key} was called out again`)),
  ];
};

/** Every partition has three copies, so that the loss of a leader is no loss. */
export const threeCopies = async ({ fixture }: Field): Promise<readonly Finding[]> => {
  const admin = new Kafka({ ...fixture.connection, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith("pitrix."));
    const { topics: found } = await admin.fetchTopicMetadata({ topics });
    return found.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ replicas }) => replicas.length !== 3)
        .map(({ partitionId, replicas }) =>
          finding("lost", "every partition has three copies", name, `partition ${partitionId} has ${replicas.length}`),
        ),
    );
  } finally {
    await admin.disconnect();
  }
};

/** Answers of the broker and of the store get lost, spread over the commands. */
export const dropAnswers = async (field: Field, { commands, factor }: RunOptions): Promise<void> => {
  const { fixture, struck, random } = field;
  await spread(field, commands, scaled(1_000, factor, 20), async () => {
    const which = random.happens(0.5) ? "broker" : "store";
    fixture.drops[which]++;
    struck(`a dropped answer of the ${which}`);
  });
};

/** What was to be dropped was dropped, all but what nobody waited for in the end. */
export const dropped = async ({ fixture: { drops } }: Field): Promise<readonly Finding[]> => {
  const left = Math.max(0, drops.broker) + Math.max(0, drops.store);
  const message = `${drops.dropped} answers were dropped, ${left} were not`;
  return left <= drops.dropped / 10 ? [] : [finding("unfinished", "answers were dropped", "", message)];
};
