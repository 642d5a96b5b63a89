import type { Meta } from "../../events/message.ts";
import type { AnyProjection } from "../../events/projection.ts";

/** The word in an event's name that makes a poisoned read model throw. */
export const POISON = "poison";

export const isPoison = (event: object): boolean => {
  const name: unknown = Reflect.get(event, "name");
  return typeof name === "string" && name.includes(POISON);
};

/** The same service with a bug: one of its read models throws at every event whose name has the word. */
export const poisonedService = <S extends { readonly projections?: readonly AnyProjection[] }>(service: S, model: string): S => ({
  ...service,
  projections: (service.projections ?? []).map((projection) => (projection.name === model ? poisoned(projection) : projection)),
});

const poisoned = (projection: AnyProjection): AnyProjection => ({
  ...projection,
  evolve: Object.fromEntries(
    Object.entries(projection.evolve).map(([type, row]) => [
      type,
      row &&
        ((document: object, event: object, meta: Meta, id: string) => {
          if (isPoison(event)) throw new Error("this fold cannot take poison");
          return row(document, event, meta, id);
        }),
    ]),
  ),
});
