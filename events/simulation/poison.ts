import type { Meta } from "../message.ts";
import type { AnyProjection } from "../projection.ts";
import type { Service } from "../service.ts";

/** Does the table (`cluster.jobs`, `runtime.reactions`) throw at this event? */
export type Bad = (table: string, meta: Pick<Meta, "stream" | "version">) => boolean;

/** The same service with tables that throw where they are told to. */
export const poisoned = (service: Service, bad: Bad): Service => {
  const guarded = (table: string, rows: object): object =>
    Object.fromEntries(
      Object.entries(rows).map(([type, row]) => [
        type,
        (...given: unknown[]) => {
          const meta = given.find((each): each is Meta => typeof each === "object" && each !== null && "eventId" in each);
          if (meta && bad(table, meta)) throw new Error(`poison at ${meta.eventId}`);
          return row(...given);
        },
      ]),
    );
  return {
    ...service,
    ...(service.reactions && { reactions: guarded(`${service.name}.reactions`, service.reactions) }),
    ...(service.projections && {
      projections: service.projections.map(
        (projection): AnyProjection => ({ ...projection, evolve: guarded(`${service.name}.${projection.name}`, projection.evolve) }),
      ),
    }),
  };
};
