import assert from "node:assert/strict";
import { deadLetterTopic, type ReleasedSchema } from "../../../events/contract.ts";
import { type Fate, kind } from "../../../events/memory/fate.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import type { LogRecord, OutgoingRecord, Parked } from "../../../events/ports.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { catalog, type Poison, REACTIONS, READ_MODEL } from "../../world/toys/catalog.ts";
import { simulated } from "../../world/world.ts";

export type Build = {
  readonly poison?: Poison;
  readonly schemas?: readonly ReleasedSchema[];
  readonly fate?: Fate;
  /** Does the process die here? */
  readonly dies?: (call: string, at: "before" | "after") => boolean;
};
const LONG = 600_000;
/** Calls of the relay, of effects and of timers: no subscription minds a crash there. */
const ofOthers =
  /^(store\.(lease|due|dueTimers|dueBelow|clear|release|watermarks|saveWatermarks)|log\.(ensureTopics|describe|read pitrix\.group|publish pitrix\.group)|documents\.ensure)\b/;

/** The subscriptions of the catalog in virtual time, with as many instances as a test starts, stops and crashes. */
export const catalogWorld = async ({ seed = 1, partitions = 2 } = {}) => {
  const builds: Build[] = [];
  const parked: { readonly instance: number; readonly reason: string }[] = [];
  const errors: unknown[] = [];
  const world = await simulated([], {
    ...{ seed, partitions },
    fate: (_, instance, crash) => {
      const { fate = kind, dies = () => false } = builds[instance] ?? {};
      const at = (point: keyof Fate) => async (call: string) => (ofOthers.test(call) || !dies(call, point) ? fate[point](call) : crash());
      return { before: at("before"), after: at("after") };
    },
    observer: (_, instance) => ({
      parked: (reason) => void parked.push({ instance, reason }),
      failed: (_where, error) => void errors.push(error),
    }),
  });
  const { broker, time } = world;
  const { clock } = time;
  const database = world.databaseOf("catalog");
  const parking = memoryParking(database, kind);
  const outside = broker.connect();

  const launch = async (build: Build = {}) => {
    const { poison = new Set(), schemas: known = schemas, dies } = build;
    const number = builds.push(build) - 1;
    const starting = world.start({ service: catalog(poison).service, contract: { ...contract, schemas: known } }, number);
    // It may die before it is ready.
    const one = await (dies ? starting.catch(() => undefined) : starting);
    const subscriptions = [...(one?.instance.subscriptions().values() ?? [])];
    return {
      subscriptions,
      parked: () => parked.filter(({ instance }) => instance === number),
      /** Somebody asked this instance. */
      redrive: () => {
        for (const { redrive } of subscriptions) redrive();
      },
      stop: async () => one && world.during(one.stop()),
      crash: () => one?.crash(),
      /** The group gives its partitions to others, and for a while it goes on as if they were its own. */
      lose: () => {
        if (!one) return;
        broker.disconnect(one.ports.log);
        void clock.sleep(8_000).then(one.crash);
      },
      isDead: () => !world.instances().some((each) => each === one),
    };
  };

  const names = new Map<string, readonly string[]>();
  let seen = 0;
  const documentOf = (id: string) => database.models.get(READ_MODEL)?.get(id);
  return {
    ...{ time, broker, database, parking, errors, launch, within: world.during },
    /** The first instance ever, which ends at once: from here on all events are reacted to. */
    deploy: async (): Promise<void> => {
      await (await launch()).stop();
    },
    until: async (condition: () => boolean | Promise<boolean>, what: string, milliseconds = LONG): Promise<void> =>
      assert.ok(await time.run(condition, milliseconds), `this never came true: ${what}`),
    publish: (records: readonly OutgoingRecord[]) => world.during(outside.publish(records)),
    /** Lets so much time pass, and everything happen that is to happen in it. */
    pass: async (milliseconds = 5_000): Promise<void> => {
      const end = clock.now() + milliseconds;
      await time.run(() => clock.now() >= end, milliseconds);
    },
    /** The names that the read model has of a stream, in the order in which they came. */
    shown: (categoryId: string): readonly unknown[] => Object(documentOf(categoryId)?.value).names ?? [],
    /** What the reactions told, in the order in which they were carried out. */
    told: (categoryId: string): readonly string[] => {
      for (const { stream, event } of world.history().slice(seen)) {
        names.set(stream, [...(names.get(stream) ?? []), String(Reflect.get(event, "name"))]);
        seen++;
      }
      return names.get(`group/${categoryId}`) ?? [];
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
export type CatalogWorld = Awaited<ReturnType<typeof catalogWorld>>;
