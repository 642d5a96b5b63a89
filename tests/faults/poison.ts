import type { AnyProjection } from "../../events/projection.ts";
import type { Service } from "../../events/service.ts";

/** The word in an event's name that makes a poisoned read model throw. */
export const POISON = "poison";

export const isPoison = (event: object): boolean => {
  const name: unknown = Reflect.get(event, "name");
  return typeof name === "string" && name.includes(POISON);
};

/** The same service with a bug: one of its read models throws at every event whose name has the word. */
export const poisonedService = (service: Service, model: string): Service => ({
  ...service,
  projections: (service.projections ?? []).map((projection) => (projection.name === model ? poisoned(projection) : projection)),
});

const poisoned = (projection: AnyProjection): AnyProjection => ({
  ...projection,
  evolve: Object.fromEntries(
    Object.entries(projection.evolve).map(([type, row]) => [
      type,
      (document: never, event: never, meta: never, id: never) => {
        if (isPoison(event)) throw new Error("this fold cannot take poison");
        return row?.(document, event, meta, id);
      },
    ]),
  ),
});
