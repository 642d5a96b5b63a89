import type { MemoryDatabase } from "../memory/database.ts";
import type { Clock } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import type { AnyService } from "../service.ts";
import { readsOf } from "../subscription/pointer.ts";
import type { Violation } from "./check/evidence.ts";
import type { Process } from "./process.ts";

/** The next build of a service: each fold has the next version. `canRead`: its queries understand the documents of the former one, too. */
export const nextBuild = (service: AnyService, canRead: boolean): AnyService => ({
  ...service,
  projections: (service.projections ?? []).map((projection) => ({
    ...projection,
    version: projection.version + 1,
    reads: canRead ? [projection.version] : [],
  })),
});

/** Milliseconds between two looks at what queries read. */
const LOOK = 100;
/** How late a collection may be that becomes the active one: what was shown for longer goes on to show. The longer time is for clocks that are wrong. */
const LATE = 6_000;
const VERY_LATE = 45_000;

/** What a collection held at some time: the versions by id. */
type Shown = { readonly at: number; readonly versions: ReadonlyMap<string, number> };

/**
 * Looks all the time, from now on, at the collections that the queries of a service read. They hold what queries have shown before, and are of a fold that the
 * instance can read; while nothing goes wrong with its clock and its store, an instance that could read goes on to.
 */
export const watchQueries = async (
  service: string,
  database: MemoryDatabase,
  processes: () => readonly Process[],
  clock: Clock,
  isStrict: () => boolean,
  broken: (violation: Violation) => void,
): Promise<never> => {
  const past = new Map<string, Shown[]>();
  const could = new Set<string>();
  const said = new Set<string>();
  const wrong = (rule: string, message: string): void => {
    if (said.has(message)) return;
    said.add(message);
    broken({ rule, about: "", message });
  };

  const look = (process: Process, projection: AnyProjection): void => {
    const { incarnation, instance } = process;
    const who = `${incarnation.name} ${projection.name}`;
    let collection: string | Promise<string>;
    try {
      collection = instance.collections.of(projection.name);
    } catch {
      if (isStrict() && could.has(who)) wrong("a live instance can read the active fold", `${who} cannot be read any more`);
      return;
    }
    if (typeof collection !== "string") return void collection.catch(() => {});
    could.add(who);
    const fold = Number(/__v(\d+)/.exec(collection)?.[1]);
    if (!readsOf(projection).includes(fold))
      wrong("an instance answers from a fold that it can read", `${who} is answered from ${collection}`);
    const documents = database.models.get(collection);
    const before = (past.get(projection.name) ?? []).findLast(({ at }) => at < clock.now() - (isStrict() ? LATE : VERY_LATE));
    for (const [id, version] of before?.versions ?? [])
      if ((documents?.get(id)?.version ?? 0) < version)
        wrong("queries show what they have shown", `${who} is answered from ${collection}, which has ${id} not at ${version}`);
  };
  /** What the active collection holds, which every instance with a pointer of today reads. */
  const note = (projection: AnyProjection): void => {
    const active = database.pointers.get(projection.name)?.active;
    const held = active ? database.models.get(active) : undefined;
    if (!held) return;
    const all = past.get(projection.name) ?? [];
    const versions = new Map([...held].map(([id, { version }]) => [id, version]));
    past.set(projection.name, [...all.filter(({ at }) => at > clock.now() - 2 * VERY_LATE), { at: clock.now(), versions }]);
  };

  for (let turn = 0; ; turn++) {
    await clock.sleep(LOOK);
    const running = processes().filter(({ incarnation, ready }) => ready && incarnation.service === service && !incarnation.dead);
    for (const process of running) {
      if (process.incarnation.frozenUntil > clock.now()) continue;
      for (const projection of process.instance.service.projections ?? []) look(process, projection);
    }
    if (turn % 20 === 0) for (const projection of running[0]?.instance.service.projections ?? []) note(projection);
  }
};
