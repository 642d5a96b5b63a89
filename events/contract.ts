/** A released version of an event's schema with its wire id, as `schemas/ids.json` locks it. */
export type ReleasedSchema = { readonly id: number; readonly aggregate: string; readonly event: string; readonly schema: object };

/** What all services of a platform agree on: every schema of an event that was ever released, oldest first. */
export type Contract = { readonly schemas: readonly ReleasedSchema[] };

/** The aggregates that announce events of these types, in the order of their names. */
export const aggregatesOf = ({ schemas }: Contract, types: readonly string[], of?: readonly string[]): readonly string[] => {
  const wanted = new Set(types);
  const found = schemas.filter(({ event, aggregate }) => wanted.has(event) && (!of || of.includes(aggregate)));
  return [...new Set(found.map(({ aggregate }) => aggregate))].sort();
};
