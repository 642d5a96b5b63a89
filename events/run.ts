import { setMaxListeners } from "node:events";
import { codec } from "./codec/codec.ts";
import { backOff } from "./concurrency.ts";
import type { Contract } from "./contract.ts";
import type { AnySeed } from "./effect.ts";
import { type EffectsObserver, effectsWorker, type Guard } from "./effects/effects.ts";
import { timersWorker } from "./effects/timers.ts";
import { relay } from "./log/relay.ts";
import { watermarkKeeper } from "./log/watermarks.ts";
import { aggregateOf, type Message, type Meta } from "./message.ts";
import type { Commit, Condition, LogRecord, Ports, Running, TopicSpec } from "./ports.ts";
import type { AnyProjection } from "./projection.ts";
import { type Restored, restore } from "./replay/restore.ts";
import { type Service, topicsOfService } from "./service.ts";
import type { CommandMetadata, Outcome } from "./store/command.ts";
import { executor } from "./store/execute.ts";
import { type Decided, observed } from "./store/observed.ts";
import { operatorRecord } from "./subscription/dead-letter.ts";
import { LAG_THRESHOLD, memoryBudget } from "./subscription/memory-budget.ts";
import { projector } from "./subscription/projections.ts";
import { reactor } from "./subscription/reactions.ts";
import { readModels } from "./subscription/read-models.ts";
import { recentLags } from "./subscription/recent-lags.ts";
import type { Subscriber } from "./subscription/subscriber.ts";
import { type Progress, type SubscriptionHooks, subscribe } from "./subscription/subscription.ts";
import { visibility } from "./subscription/visibility.ts";
import type { Tracer } from "./trace.ts";

export const PARTITIONS = 6;

/** Notifications of an instance, for logs and metrics. */
export type Observer = {
  readonly committed?: (commit: Commit) => void;
  readonly decided?: (command: string, outcome: Decided) => void;
  /** The log has acknowledged the commit's events. */
  readonly published?: (commit: Commit) => void;
  /** A subscription has handled an event: its documents are written, its commands decided. */
  readonly handled?: (subscription: string, meta: Meta) => void;
  readonly attempted?: EffectsObserver["attempted"];
  readonly parked?: (reason: string, record: LogRecord, subscription: string) => void;
  /** The store had not what the log has: it is restored. */
  readonly restored?: (restored: Restored) => void;
  /** A topic that the service reads was lost and made again: so many positions begin at its start. */
  readonly madeAgain?: (topic: string, positions: number) => void;
  /** Background work failed and will be retried; `about` is its commit. */
  readonly failed?: (where: string, error: unknown, about?: Commit) => void;
};

export type RunOptions<Outside> = {
  /** The id of this instance, unique in the service. It is the holder of leases. */
  readonly instance: string;
  readonly guard?: Guard;
  readonly partitions?: number;
  /** Lag, in records, beyond which read models buffer their writes. */
  readonly lagThreshold?: number;
  readonly observer?: Observer;
  /** Without a tracer, this instance creates no spans and passes the caller's trace on. */
  readonly tracer?: Tracer | undefined;
  /** Records that a restore leaves out, by topic, partition and offset. */
  readonly restoreSkips?: ReadonlySet<string>;
  /** The settings that `after` of the service's timers receives. */
  readonly settings?: unknown;
} & (unknown extends Outside ? { readonly outside?: Outside } : { readonly outside: Outside });

const unguarded: Guard = (_name, _milliseconds, run) => run(new AbortController().signal);

/** One running instance of a service. The same code runs on Kafka and MongoDB and in the simulation. */
export const instance = <Outside>(service: Service<Outside>, ports: Ports, contract: Contract, options: RunOptions<Outside>) => {
  const {
    instance: id,
    guard = unguarded,
    partitions = PARTITIONS,
    lagThreshold = LAG_THRESHOLD,
    observer = {},
    tracer,
    settings,
    restoreSkips = new Set<string>(),
  } = options;
  const outside = options.outside as Outside; // The options type allows it to be absent only if the service needs no outside.
  const { documents, log, clock } = ports;
  const released = codec(contract.schemas);
  const projections = service.projections ?? [];
  const failed = (where: string) => (error: unknown, about?: Commit) => observer.failed?.(where, error, about);
  const watermarks = watermarkKeeper(ports, failed("watermarks"));
  const publishing = relay(contract, service.name, id, ports, failed("relay"), observer.published, tracer, watermarks.reached);
  const committed = (commit: Commit): void => {
    observer.committed?.(commit);
    publishing.notify(commit);
    effects.notify(commit);
    timers.notify(commit);
  };
  const bare = executor(service, ports, released, committed, settings);
  const executing = observed(bare, contract, tracer, observer.decided);
  const effects = effectsWorker({
    service,
    outside,
    instance: id,
    store: ports.store,
    clock,
    codec: released,
    contract,
    executor: executing,
    guard,
    observer: {
      failed: (error, where, about) => observer.failed?.(`effect of ${where}`, error, about),
      attempted: observer.attempted,
      tracer,
    },
  });
  const timers = timersWorker(service, ports, released, executing, failed("timers"));

  const stopping = new AbortController();
  // Every request that waits for a read model adds a listener.
  setMaxListeners(0, stopping.signal);
  const subscriptions = new Map<string, Running & Progress>();
  const memory = memoryBudget();
  const lags = recentLags(clock);
  const subscribing = async (subscriber: Subscriber): Promise<Running & Progress> => {
    const { name } = subscriber;
    const hooks: SubscriptionHooks = {
      onParked: (reason, record) => observer.parked?.(reason, record, name),
      onError: failed(`subscription ${name}`),
      onHandled: ({ meta }) => observer.handled?.(name, meta),
      lagThreshold,
      memory,
      lags,
    };
    return subscribe(contract, service.name, subscriber, ports, released, hooks);
  };
  const projecting = (projection: AnyProjection, collection: string): Subscriber =>
    projector(projection, collection, documents, wrote, contract);
  const models = readModels({
    ...{ projections, instance: id, ports, contract, subscriptions, service: service.name, codec: released },
    ...{ sharing: { lagThreshold, memory, lags }, subscriber: projecting },
    subscribe: (projection, collection) => subscribing(projecting(projection, collection)),
    failed: failed("read models"),
  });
  const { wrote, ...visible } = visibility(service, ports, {
    codec: released,
    contract,
    partitions,
    collections: { of: models.filled },
    subscriptions,
    // The stream cannot reach the read models: waiting longer would not help.
    isHeldUp: (stream) => publishing.failing() || [...subscriptions.values()].some(({ parked }) => parked.has(stream)),
    signal: stopping.signal,
  });
  let work: Promise<unknown> | undefined;
  let isWhole = false;
  let following: Promise<void> | undefined;
  let stopSignals: readonly (() => Promise<void> | void)[] = [];

  const reacting = service.reactions ? [reactor(service, executing, contract, tracer)] : [];

  /** Executes a seed, unless an earlier start did. Retries after failures. */
  const executeSeed = async ({ cause: named, formerly, issues, given, made, found }: AnySeed<Outside>): Promise<Outcome | undefined> => {
    let fields: object | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const cause = typeof named === "string" ? named : named(outside);
        if (cause === undefined) return undefined;
        const former = formerly?.(outside);
        const metadata = seeding(cause, id);
        const known = (await executing.recorded(cause)) ?? (former === undefined ? undefined : await executing.recorded(former));
        if (!known) fields ??= await given(outside);
        const outcome = known ?? (await executing.execute({ ...fields, type: issues }, metadata));
        // The correlation id identifies this start, even if an earlier attempt's reply was lost.
        if (fields && outcome.commit?.metadata.correlationId === metadata.correlationId) made?.(fields, outside);
        // The row's maker ties the function to the aggregate.
        if (found) await found((await executing.state(aggregateOf(outcome.stream), outcome.stream)).state as never, outside);
        return outcome;
      } catch (error) {
        if (attempt >= SEEDING) throw error;
        failed("seed")(error);
        await clock.sleep(backOff(clock, attempt, 500));
      }
    }
  };

  const topics = (): readonly TopicSpec[] => {
    const { events, reads, deadLetters } = topicsOfService(contract, service);
    return [
      ...[...new Set([...events, ...reads])].map((name) => ({ name, partitions, compacted: false })),
      { name: deadLetters, partitions: 1, compacted: false },
    ];
  };

  /** Positions are offsets in topics by name; the ids of the topics say whether they are still the same. */
  const noteTopics = async (): Promise<void> => {
    const { reads } = topicsOfService(contract, service);
    for (const { name, id: topicId } of await log.describe(reads)) {
      const positions = await documents.readsTopic(name, topicId);
      if (positions > 0) observer.madeAgain?.(name, positions);
    }
  };

  return {
    service,
    collections: models,
    readModels: { status: models.status, change: models.change, sources: models.sources },
    execute: executing.execute,
    foresee: executing.foresee,
    recorded: executing.recorded,
    state: executing.state,

    start: async (): Promise<void> => {
      await log.ensureTopics(topics());
      const found = await restore({
        ...{ service, contract, ports, settings, instance: id, codec: released, skips: restoreSkips },
        ...{ signal: stopping.signal, failed: failed("restore") },
      });
      watermarks.begin(found.topics);
      const { restored } = found;
      if (restored.commits + restored.skipped.length > 0) observer.restored?.(restored);
      // Beside what operators give up.
      const said = {
        action: "restore-skip",
        by: id,
        at: new Date(clock.now()).toISOString(),
        reason: "an operator has said so in the settings",
      };
      if (restored.skipped.length > 0)
        await log.publish(restored.skipped.map((record) => operatorRecord(contract, service.name, { ...said, about: { record } })));
      isWhole = true;
      const running = [publishing, watermarks, effects, timers].map((each) => each.run(stopping.signal));
      work = Promise.all(running);
      await noteTopics();
      await Promise.all([models.start(), ...reacting.map(async (each) => void subscriptions.set(each.name, await subscribing(each)))]);
      const seeded: (Outcome | undefined)[] = [];
      for (const seed of service.seeds ?? []) seeded.push(await executeSeed(seed));
      // When the service is ready, its read models show the seeds.
      await Promise.all(seeded.map((outcome) => outcome && visible.seen(outcome.stream, outcome.version, SHOWN)));
      await models.answerable(FILLED);
      following = models.run(stopping.signal);
      const send = async (command: Message): Promise<void> => void (await executing.execute(command, fromOutside(clock.random)));
      const lease = (name: string, milliseconds: number) => ports.store.lease(name, id, milliseconds);
      const find = async (model: string, where: readonly Condition[], limit: number) =>
        (await documents.find(await models.of(model), { where, offset: 0, limit })).documents.map(({ value }) => value);
      stopSignals = await Promise.all((service.signals ?? []).map(({ start }) => start({ outside, clock, send, lease, find })));
    },

    /** Stops taking work, finishes the current work, and publishes the committed events. */
    stop: async (): Promise<void> => {
      await Promise.all(stopSignals.map((stop) => stop()));
      // Both take time, so they stop together. The flush publishes what reactions still commit.
      stopping.abort();
      await following;
      await Promise.all([work, ...[...subscriptions.values()].map((subscription) => subscription.stop())]);
      await publishing.flush().catch(failed("relay"));
      await watermarks.save().catch(failed("watermarks"));
    },
    /** Whether the store has what the log has of the service's own events. Before, nothing may be decided. */
    isWhole: (): boolean => isWhole,

    ...visible,

    /** Why this instance is currently unhealthy; empty = healthy. */
    healthReasons: (): readonly string[] => [
      ...(publishing.failing() ? [`cannot publish to the log: ${publishing.pending()} commits wait in memory, all are in the store`] : []),
      ...(work === undefined ? ["is starting"] : models.healthReasons()),
      ...[...subscriptions].flatMap(([name, { healthReasons }]) => healthReasons().map((trouble) => `${name} ${trouble}`)),
    ],
    subscriptions: (): ReadonlyMap<string, Progress> => subscriptions,
    pendingPublications: publishing.pending,
    runningEffects: effects.running,
  };
};
export type Instance = ReturnType<typeof instance<never>>;

/** Number of attempts of a seed before the start fails. */
const SEEDING = 5;
/** Milliseconds after which a start continues although read models do not show the seeds: a parked stream must not prevent a start. */
const SHOWN = 30_000;
/** Milliseconds for which a start waits for new read models; a longer log is read while the service is not ready. */
const FILLED = 2_000;
const seeding = (cause: string, instance: string): CommandMetadata => ({
  cause,
  row: "seed",
  actor: { userId: "system", ownerPath: ":system" },
  correlationId: `seed-${instance}`,
  causationId: null,
  actionId: null,
  traceparent: null,
  hops: 0,
});

const fromOutside = (random: () => number): CommandMetadata => ({
  cause: null,
  row: "signal",
  actor: { userId: "system", ownerPath: "" },
  correlationId: `signal-${Math.floor(random() * 2 ** 48).toString(36)}`,
  causationId: null,
  actionId: null,
  traceparent: null,
  hops: 0,
});
