import assert from "node:assert/strict";
import { codec } from "../../../events/codec/codec.ts";
import { deadLetterTopic, type ReleasedSchema } from "../../../events/contract.ts";
import { recordsOf } from "../../../events/log/record.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { type Fate, kind } from "../../../events/memory/fate.ts";
import { memoryLogBroker } from "../../../events/memory/log.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Meta } from "../../../events/message.ts";
import type { LogRecord, OutgoingRecord, Parked, Ports } from "../../../events/ports.ts";
import type { Service } from "../../../events/service.ts";
import { seeded, virtualTime } from "../../../events/simulation/time.ts";
import { executor } from "../../../events/store/execute.ts";
import { projector } from "../../../events/subscription/projections.ts";
import { reactor } from "../../../events/subscription/reactions.ts";
import { defaultHooks, type Progress, subscribe } from "../../../events/subscription/subscription.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import type { Projection } from "../../../services/chassis/events.ts";

const released = codec(schemas);

/** Event ids at which the tables throw; taken out when the bug is mended. */
export type Poison = Set<string>;

/** A read model that keeps every name in the order in which it came, and reactions that tell each in a stream of the service's own. */
export const catalog = (poison: Poison): { readonly service: Service; readonly names: Projection<{ names: readonly string[] }> } => {
  const check = ({ eventId }: Meta): void => {
    if (poison.has(eventId)) throw new Error(`cannot digest ${eventId}`);
  };
  const names: Projection<{ names: readonly string[] }> = {
    name: "names",
    version: 1,
    initialState: { names: [] },
    evolve: {
      CategoryModified: (document, { name }, meta) => {
        check(meta);
        return { names: [...document.names, name] };
      },
    },
  };
  type Tell = { readonly type: "Tell"; readonly groupId: string; readonly name: string };
  type Told = { readonly type: "GroupModified"; readonly groupId: string; readonly name: string; readonly description: string };
  const told = {
    key: "groupId" as const,
    initialState: {},
    decide: { Tell: ({ groupId, name }: Tell): readonly Told[] => [{ type: "GroupModified", groupId, name, description: "" }] },
    evolve: { GroupModified: (state: object) => state },
  };
  const service: Service = {
    name: "catalog",
    aggregates: { group: { decider: told } },
    projections: [names],
    reactions: {
      CategoryModified: {
        issues: "Tell",
        given: ({ categoryId, name }: { categoryId: string; name: string }, meta: Meta) => {
          check(meta);
          return { groupId: categoryId, name };
        },
      },
    },
  };
  return { service, names };
};

/** The nth event of a stream of categories, as its service would publish it. */
export const change = (categoryId: string, version: number): OutgoingRecord => {
  const fields = { categoryId, name: `${version}`, locale: "", description: "", icon: "" };
  const [record] = recordsOf(contract, "app", {
    ...{ stream: `category/${categoryId}`, version, events: [released.encode("category", { type: "CategoryModified", ...fields })] },
    ...{ cause: null, rejection: null, claims: [], publish: true, effects: [], timers: [] },
    metadata: {
      ...{ time: "2026-01-01T00:00:00.000Z", actor: { userId: "usr-dev", ownerPath: ":usr-dev" }, correlationId: "request-1" },
      ...{ causationId: null, actionId: null, row: "ModifyCategory", traceparent: null, hops: 0, fingerprint: null },
    },
  });
  assert.ok(record);
  return record;
};
export const changes = (categoryId: string, from: number, to: number): readonly OutgoingRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => change(categoryId, from + index));

export type Build = {
  readonly poison?: Poison;
  readonly schemas?: readonly ReleasedSchema[];
  readonly fate?: Fate;
  /** Does the process die here? */
  readonly dies?: (call: string, at: "before" | "after") => boolean;
};
export const READ_MODEL = "names__v1";
export const REACTIONS = "reactions";

/** A service's subscriptions on memory adapters in virtual time, with as many instances as a test starts, stops and crashes. */
export const rig = ({ seed = 1, partitions = 2 } = {}) => {
  const time = virtualTime(seeded(seed));
  const { clock } = time;
  const broker = memoryLogBroker({ clock, partitions });
  const database = memoryDatabase();
  const outside = broker.connect();
  const documents = memoryDocuments(database, kind);
  const parking = memoryParking(database, kind);
  const errors: Error[] = [];

  const within = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const end = (): void => {
      over = true;
    };
    work.then(end, end);
    assert.ok(await time.run(() => over, 600_000), "it does not end");
    return work;
  };
  const until = async (condition: () => boolean | Promise<boolean>, what: string, milliseconds = 600_000): Promise<void> =>
    assert.ok(await time.run(condition, milliseconds), `this never came true: ${what}`);

  const launch = async ({ poison = new Set(), schemas: known = schemas, fate = kind, dies = () => false }: Build = {}) => {
    let dead = false;
    const never = (): Promise<never> => new Promise(() => {});
    const crash = (): void => {
      dead = true;
      // The broker hears of it when its session ends.
      void clock.sleep(1_000).then(() => broker.disconnect(log));
    };
    const at =
      (point: "before" | "after") =>
      async (call: string): Promise<void> => {
        if (!dead && dies(call, point)) crash();
        if (!dead) await fate[point](call);
        if (dead) await never();
      };
    const own: Fate = { before: at("before"), after: at("after") };
    const log = broker.connect(own);
    const ports: Ports = {
      store: memoryStore(database, own, clock.now),
      documents: memoryDocuments(database, own),
      parking: memoryParking(database, own),
      log,
      clock,
    };
    const { service, names } = catalog(poison);
    const build = known === schemas ? released : codec(known);
    const executing = executor(service, ports, build, () => {});
    const parked: { readonly reason: string; readonly record: LogRecord }[] = [];
    const started: Progress[] = [];
    const stops: (() => Promise<void>)[] = [];
    const starting = Promise.all(
      [projector(names, READ_MODEL, ports.documents, () => {}, contract), reactor(service, executing, contract)].map(async (subscriber) => {
        const note = (reason: string, record: LogRecord) => void parked.push({ reason, record });
        // From its first event, so that a test may publish before.
        const hooks = { ...defaultHooks(), onParked: note, onError: (error: Error) => void errors.push(error) };
        const one = await subscribe(contract, service.name, { ...subscriber, begin: "start" }, ports, build, hooks);
        started.push(one);
        stops.push(one.stop);
      }),
    );
    await time.run(() => dead || started.length === 2, 60_000);
    if (!dead)
      await within(starting).catch((error: unknown) => {
        crash();
        throw error;
      });
    return {
      ports,
      parked,
      subscriptions: started,
      /** Somebody asked this instance. */
      redrive: () => {
        for (const { redrive } of started) redrive();
      },
      stop: () => within(Promise.all(stops.map((stop) => stop()))),
      /** It does nothing more; the others hear of it after a while. */
      crash,
      /** The group gives its partitions to others, and for a while it goes on as if they were its own. */
      lose: () => {
        broker.disconnect(log);
        void clock.sleep(8_000).then(crash);
      },
      isDead: () => dead,
    };
  };

  const documentOf = (stream: string) => database.models.get(READ_MODEL)?.get(stream.slice(stream.indexOf("/") + 1));
  return {
    time,
    broker,
    database,
    parking,
    documents,
    errors,
    within,
    until,
    launch,
    prepare: () =>
      within(
        outside.ensureTopics([
          { name: "pitrix.category", partitions, compacted: false },
          { name: deadLetterTopic(contract, "catalog"), partitions: 1, compacted: false },
        ]),
      ),
    publish: (records: readonly OutgoingRecord[]) => within(outside.publish(records)),
    /** Lets so much time pass, and everything happen that is to happen in it. */
    pass: async (milliseconds = 5_000): Promise<void> => {
      const end = clock.now() + milliseconds;
      await time.run(() => clock.now() >= end, milliseconds);
    },
    /** The names that the read model has of a stream, in the order in which they came. */
    shown: (categoryId: string): readonly unknown[] => Object(documentOf(`category/${categoryId}`)?.value).names ?? [],
    /** What the reactions told, in the order in which they were carried out. */
    told: (categoryId: string): readonly string[] => {
      const commits = (database.streams.get(`group/${categoryId}`) ?? []).flatMap((id) => database.commits.get(id) ?? []);
      const events = commits.flatMap(({ events }) => events);
      return events.map(({ schemaId, bytes }) => String(Reflect.get(released.decode(schemaId, bytes), "name")));
    },
    held: (subscription: string, stream: string): Promise<readonly Parked[]> => parking.of(subscription, stream),
    deadLetters: (): readonly LogRecord[] => (broker.contents().get(deadLetterTopic(contract, "catalog")) ?? []).flat(),
    /** Asks for all that is parked, as an operator's request does. */
    ask: async (action: "redrive" | "discard" = "redrive"): Promise<void> => {
      for (const subscription of [READ_MODEL, REACTIONS])
        for (const { stream, eventId, first } of await parking.streams(subscription)) {
          const asked = { action, by: "usr-admin", reason: "cannot be mended", time: new Date(clock.now()).toISOString() };
          await parking.ask({ subscription, stream, eventId, version: first }, asked);
        }
    },
  };
};
export type Rig = ReturnType<typeof rig>;

export const versions = (from: number, to: number, but: readonly number[] = []): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
    .filter((version) => !but.includes(version))
    .map(String);
