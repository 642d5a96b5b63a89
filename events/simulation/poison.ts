import type { Message, Meta } from "../message.ts";
import type { Fold } from "../projection.ts";
import type { IssuingRow } from "../reaction.ts";
import { rowsOf } from "../reaction.ts";
import type { Service } from "../service.ts";

/** Whether the table (`cluster.jobs`, `runtime.reactions`) throws at this event. */
export type Bad = (table: string, meta: Pick<Meta, "stream" | "version">) => boolean;

/** The same service with reactions and read models that throw at the events that `bad` selects. */
export const poisoned = <Outside>(service: Service<Outside>, bad: Bad): Service<Outside> => {
  const throwIfBad = (table: string, meta: Meta): void => {
    if (bad(table, meta)) throw new Error(`poison at ${meta.eventId}`);
  };
  const reaction = ({ issues, given }: IssuingRow): IssuingRow => ({
    issues,
    given: (event: Message, meta) => {
      throwIfBad(`${service.name}.reactions`, meta);
      return given(event, meta);
    },
  });
  const fold =
    (table: string, row: Fold): Fold =>
    (document, event, meta, id) => {
      throwIfBad(table, meta);
      return row(document, event, meta, id);
    };
  return {
    ...service,
    ...(service.reactions && { reactions: mapped(service.reactions, (rows) => rowsOf(rows).map(reaction)) }),
    ...(service.projections && {
      projections: service.projections.map((projection) => ({
        ...projection,
        evolve: mapped(projection.evolve, (row) => fold(`${service.name}.${projection.name}`, row)),
      })),
    }),
  };
};

const mapped = <Row>(table: { readonly [event: string]: Row | undefined }, change: (row: Row) => Row): { readonly [event: string]: Row } =>
  Object.fromEntries(Object.entries(table).flatMap(([event, row]) => (row === undefined ? [] : [[event, change(row)]])));
