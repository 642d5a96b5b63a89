import { setMaxListeners } from "node:events";
import { schemas } from "../schemas/generated/schemas.ts";
import { type Codec, codec } from "./codec/codec.ts";
import { alarm } from "./concurrency.ts";
import { type EffectsObserver, effectsWorker, type Guard } from "./effects/effects.ts";
import { timersWorker } from "./effects/timers.ts";
import { partitionOf } from "./log/partition.ts";
import { metaIn, topicOf } from "./log/record.ts";
import { relay } from "./log/relay.ts";
import { aggregateOf, keyOf, type Message, type Meta } from "./message.ts";
import type { Commit, LogRecord, Ports, Running, TopicSpec } from "./ports.ts";
import type { AnyProjection } from "./projection.ts";
import type { Service } from "./service.ts";
import { type Because, executor } from "./store/execute.ts";
import { type Decided, observed } from "./store/observed.ts";
import { FAR, heldBack } from "./subscription/held-back.ts";
import { aggregatesOf, collectionOf, idsOf, projector } from "./subscription/projections.ts";
import { reactor } from "./subscription/reactions.ts";
import { type Around, deadLetterTopic, type Progress, subscribe } from "./subscription/subscription.ts";
import { type Written, written } from "./subscription/written.ts";
import type { Tracer } from "./trace.ts";

export const PARTITIONS = 6;

/** What an instance tells of itself; the chassis turns it into logs and metrics. */
export type Observer = {
  readonly committed?: (commit: Commit) => void;
  readonly decided?: (command: string, outcome: Decided) => void;
  /** The log has acknowledged it. */
  readonly published?: (commit: Commit) => void;
  /** A subscription is done with an event: its documents are written, its commands decided. */
  readonly handled?: (subscription: string, meta: Meta) => void;
  readonly attempted?: EffectsObserver["attempted"];
  readonly parked?: (reason: string, record: LogRecord, subscription: string) => void;
  /** Work in the background, which is tried again; `about`: the commit that it was done for. */
  readonly failed?: (where: string, error: unknown, about?: Commit) => void;
};

export type RunOptions = {
  /** Unique among the instances of the service; holds the leases. */
  readonly instance: string;
  readonly guard?: Guard;
  readonly partitions?: number;
  /** So many records behind the end of a partition, read models hold back what they write. */
  readonly far?: number;
  readonly observer?: Observer;
  /** Absent: nothing is traced, and traces of others go through. */
  readonly tracer?: Tracer | undefined;
};

const released: Codec = codec(schemas);
const unguarded: Guard = (_name, _milliseconds, run) => run(new AbortController().signal);

/** One running instance of a service: the interpreter `run`, the same for Kafka and MongoDB as for the simulation. */
export const instance = (
  service: Service,
  ports: Ports,
  { instance: id, guard = unguarded, partitions = PARTITIONS, far = FAR, observer = {}, tracer }: RunOptions,
) => {
  const { documents, log, clock } = ports;
  const projections = service.projections ?? [];
  const failed = (where: string) => (error: unknown, about?: Commit) => observer.failed?.(where, error, about);
  const publishing = relay(service.name, id, ports, failed("relay"), observer.published, tracer);
  const bare = executor(service, ports, released, (commit) => {
    observer.committed?.(commit);
    publishing.offer(commit);
    effects.offer(commit);
    timers.offer(commit);
  });
  const executing = observed(bare, tracer, observer.decided);
  const effects = effectsWorker(service, id, ports, released, executing, guard, {
    failed: (error, where, about) => observer.failed?.(`effect of ${where}`, error, about),
    attempted: observer.attempted,
    tracer,
  });
  const timers = timersWorker(service, ports, released, executing, failed("timers"));

  const stopping = new AbortController();
  // Every request that waits for a read model listens to it.
  setMaxListeners(0, stopping.signal);
  const subscriptions = new Map<string, Running & Progress>();
  const applied = alarmOf();
  const room = heldBack();
  const known = written();
  const told: Written["tell"] = (collection, changed) => {
    known.tell(collection, changed);
    applied.ring();
  };
  let work: Promise<unknown> | undefined;
  let stopSignals: readonly (() => Promise<void> | void)[] = [];

  const subscribers = [
    ...projections.map((projection) => projector(projection, documents, told)),
    ...(service.reactions ? [reactor(service, executing, tracer)] : []),
  ];
  const own = Object.keys(service.aggregates);

  const topics = (): readonly TopicSpec[] => {
    const names = new Set([...own.map(topicOf), ...subscribers.flatMap((subscriber) => subscriber.topics)]);
    return [
      ...[...names].map((name) => ({ name, partitions, compacted: false })),
      { name: deadLetterTopic(service.name), partitions: 1, compacted: false },
    ];
  };

  /** Whether this process reads the stream for the read model: then it is told of every write. */
  const reads = (projection: AnyProjection, stream: string): boolean => {
    const place = `${topicOf(aggregateOf(stream))}/${partitionOf(stream, partitions)}`;
    return subscriptions.get(collectionOf(projection))?.progress.has(place) ?? false;
  };

  const awaited = async (wanted: readonly Awaited[], stream: string, milliseconds: number, isNew = false): Promise<boolean> => {
    const until = clock.now() + milliseconds;
    const documentsOf = wanted.map(({ projection, id, version }) => ({ collection: collectionOf(projection), id, version }));
    const often = wanted.every(({ projection }) => reads(projection, stream)) ? 500 : 25;
    const bell = alarm(clock);
    const stop = known.listen(documentsOf, bell);
    try {
      // What was committed this moment cannot be there yet.
      for (let ask = !isNew; ; ask = true) {
        let missing = documentsOf.filter(({ collection, id, version }) => known.version(collection, id) < version);
        if (ask) missing = await stillMissing(missing);
        if (missing.length === 0) return true;
        const parked = [...subscriptions.values()].some(({ parked }) => parked.has(stream));
        if (parked || publishing.failing() || clock.now() >= until) return false;
        await bell.wait(Math.min(often, until - clock.now()), stopping.signal);
      }
    } finally {
      stop();
    }
  };
  // What cannot be read just now counts as not there yet: the decision stands, whoever asks must not be told otherwise.
  const stillMissing = async <T extends { readonly collection: string; readonly id: string; readonly version: number }>(
    missing: readonly T[],
  ): Promise<T[]> => {
    const found = await Promise.all(missing.map(({ collection, id }) => documents.get(collection, [id]).catch(() => [])));
    return missing.filter(({ version }, index) => (found[index]?.[0]?.version ?? 0) < version);
  };

  return {
    service,
    execute: executing.execute,
    recorded: executing.recorded,
    state: executing.state,

    start: async (): Promise<void> => {
      await log.ensureTopics(topics());
      for (const projection of projections)
        await documents.ensure(collectionOf(projection), ["owner", "create_time", ...(projection.indexes ?? [])]);
      work = Promise.all([publishing.run(stopping.signal), effects.run(stopping.signal), timers.run(stopping.signal)]);
      await Promise.all(
        subscribers.map(async (subscriber) => {
          const { name } = subscriber;
          const around: Around = {
            onParked: (reason, record) => observer.parked?.(reason, record, name),
            onError: failed(`subscription ${name}`),
            onHandled: ({ meta }) => observer.handled?.(name, meta),
            far,
            room,
          };
          subscriptions.set(name, await subscribe(service.name, subscriber, ports, released, around));
        }),
      );
      const send = async (command: Message): Promise<void> => void (await executing.execute(command, fromOutside(clock.random)));
      stopSignals = (service.signals ?? []).map((signal) => signal(send));
    },

    /** Stops taking work, finishes what is under way, publishes what is committed. */
    stop: async (): Promise<void> => {
      await Promise.all(stopSignals.map((stop) => stop()));
      await Promise.all([...subscriptions.values()].map((subscription) => subscription.stop()));
      stopping.abort();
      await work;
      await publishing.flush().catch(failed("relay"));
    },

    /** Waits, at most so long, until every own read model has what it reads of the commit. False: not yet. */
    settled: (commit: Commit, milliseconds: number): Promise<boolean> =>
      awaited(
        projections.flatMap((projection) => touched(projection, commit)),
        commit.stream,
        milliseconds,
        true,
      ),

    /**
     * The same for a position, and for one read model if it is named. Of another service's stream only the document of the stream's own key
     * is known. False at once for a position that an own stream does not have.
     */
    seen: async (stream: string, version: number, milliseconds: number, model?: string): Promise<boolean> => {
      const asked = projections.filter(({ name }) => model === undefined || name === model);
      if (own.includes(aggregateOf(stream))) {
        const commits = (await ports.store.read(stream, 0)).filter((commit) => commit.version <= version);
        const last = commits.at(-1);
        if (!last || last.version + last.events.length - 1 < version) return version === 0;
        const wanted = commits.flatMap((commit) => asked.flatMap((projection) => touched(projection, commit)));
        const highest = new Map(
          wanted.filter((each) => each.version <= version).map((each) => [`${each.projection.name} ${each.id}`, each]),
        );
        return awaited([...highest.values()], stream, milliseconds);
      }
      const readers = asked.filter(({ evolve, of }) => aggregatesOf(Object.keys(evolve), of).includes(aggregateOf(stream)));
      return awaited(
        readers.map((projection) => ({ projection, id: keyOf(stream), version })),
        stream,
        milliseconds,
      );
    },

    /** How often this process has written to a read model. */
    writes: (projection: AnyProjection): number => known.writes(collectionOf(projection)),
    /** Resolves when some read model has changed, or the time is up. */
    changed: (milliseconds: number): Promise<void> => applied.wait(clock, milliseconds, stopping.signal),

    /** What keeps it from its promises right now; empty = nothing. */
    troubles: (): readonly string[] => [
      ...(publishing.failing()
        ? [`cannot publish to the log: ${publishing.pending()} commits wait in memory, all are kept in the store`]
        : []),
      ...(work === undefined ? ["is starting"] : []),
      ...[...subscriptions].flatMap(([name, { troubles }]) => troubles().map((trouble) => `${name} ${trouble}`)),
    ],
    subscriptions: (): ReadonlyMap<string, Progress> => subscriptions,
    pendingPublications: publishing.pending,
    runningEffects: effects.running,
  };
};
export type Instance = ReturnType<typeof instance>;

type Awaited = { readonly projection: AnyProjection; readonly id: string; readonly version: number };

/** Documents that a commit changes in a read model, and up to which version. */
const touched = (projection: AnyProjection, commit: Commit): readonly Awaited[] => {
  if (projection.of && !projection.of.includes(aggregateOf(commit.stream))) return [];
  return commit.events.flatMap(({ type, schemaId, bytes }, index) => {
    if (!(type in projection.evolve)) return [];
    const version = commit.version + index;
    const event = released.decode(schemaId, bytes);
    return idsOf(projection, event, metaIn(commit, version)).map((id) => ({ projection, id, version }));
  });
};

/** An alarm that any number of waiters may wait for. */
const alarmOf = () => {
  const waiting = new Set<() => void>();
  return {
    ring: (): void => {
      for (const ring of waiting) ring();
    },
    wait: async (clock: Ports["clock"], milliseconds: number, signal: AbortSignal): Promise<void> => {
      const one = alarm(clock);
      waiting.add(one.ring);
      await one.wait(milliseconds, signal);
      waiting.delete(one.ring);
    },
  };
};

const fromOutside = (random: () => number): Because => ({
  cause: null,
  row: "signal",
  actor: { userId: "system", ownerPath: "" },
  correlationId: `signal-${Math.floor(random() * 2 ** 48).toString(36)}`,
  causationId: null,
  actionId: null,
  traceparent: null,
  hops: 0,
});
