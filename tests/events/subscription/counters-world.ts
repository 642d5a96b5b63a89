import assert from "node:assert/strict";
import type { Service } from "../../../events/index.ts";
import type { Pointer, RebuildOrder, Verdict } from "../../../events/ports.ts";
import { rebuilding } from "../../../events/subscription/pointer.ts";
import { type World, world } from "../../../events/testing.ts";
import { contract, counters, counting } from "../library/counters.ts";

export const MODEL = "counters";
export const LIVE = "counters__v1";
export const SHADOW = "counters__v1r3";
export const LONG = 120_000;

type Count = { readonly count: number; readonly full: boolean };
/** Counters whose fold throws at what `isBad` says. */
export const build = (isBad: (counterId: string, count: number, by: number) => boolean = () => false) => {
  const Counted = (document: Count, event: { readonly counterId: string; readonly by: number }): Count => {
    if (isBad(event.counterId, document.count, event.by)) throw new Error("cannot digest");
    return { ...document, count: document.count + event.by };
  };
  return { service: { ...counting, projections: [{ ...counters, evolve: { ...counters.evolve, Counted } }] } };
};

type Slow = { readonly calls: RegExp; isOver: boolean };
export const worldWith = async (player: { readonly service: Service } = build(), slow: Slow = { calls: /^$/, isOver: true }) => {
  const toys = await world(contract, [], {
    fate: () => ({
      before: async (call) => {
        while (!slow.isOver && slow.calls.test(call)) await toys.time.clock.sleep(100);
      },
      after: async () => {},
    }),
  });
  await toys.start(player, 1);
  return { toys, ...operating(toys) };
};

/** What an operator does in a world, and sees there. */
export const operating = (toys: World) => {
  const database = toys.databaseOf("counting");
  const pointer = (): Pointer => database.pointers.get(MODEL) ?? assert.fail("there is no pointer");
  const rebuild = () => pointer().feeds.find(({ collection }) => collection === SHADOW)?.rebuild;
  const move = (changed: (pointer: Pointer, ends: Awaited<ReturnType<typeof sources>>) => Pointer | undefined) =>
    toys.during(
      (async () => {
        const ends = await sources();
        return toys.of().instance.readModels.change(MODEL, (now) => changed(now, ends));
      })(),
    );
  const sources = async () => (await toys.of().instance.readModels.sources(MODEL)).ends;
  const until = async (what: string, is: () => boolean, milliseconds = LONG): Promise<void> =>
    assert.ok(await toys.time.run(is, milliseconds), `this never came true: ${what}`);
  return {
    ...{ database, pointer, rebuild, move, until },
    count: (counterId: string, by = 1) => toys.send("counting", { type: "Count", counterId, by } as never), // The world knows no service's commands.
    begin: (rate: number | null = null, more: Partial<RebuildOrder> = {}) =>
      move((now, ends) => rebuilding(now, 1, { ends, rate, ...more })),
    verdict: async (): Promise<Verdict> => {
      await until("there is a verdict", () => Boolean(rebuild()?.verdict));
      return rebuild()?.verdict ?? assert.fail();
    },
    counts: (collection: string) =>
      Object.fromEntries([...(database.models.get(collection)?.values() ?? [])].map(({ id, value }) => [id, value.count])),
  };
};
