/** A released version of an event's schema with its wire id, as `schemas/ids.json` locks it. */
export type ReleasedSchema = { readonly id: number; readonly aggregate: string; readonly event: string; readonly schema: object };

/** What all services of a platform agree on. */
export type Contract = {
  /** Every schema of an event that was ever released, oldest first. */
  readonly schemas: readonly ReleasedSchema[];
  /** What the names of topics, consumer groups and headers begin with. */
  readonly prefix: string;
};

/** The topic of an aggregate's events. */
export const topicOf = ({ prefix }: Pick<Contract, "prefix">, aggregate: string): string => `${prefix}.${aggregate}`;
/** The consumer group of a read model, or of the reactions of a service. */
export const groupOf = ({ prefix }: Pick<Contract, "prefix">, service: string, subscription: string): string =>
  `${prefix}.${service}.${subscription}`;
/** The topic of the events that a service has parked; without a service, what all such topics begin with. */
export const deadLetterTopic = ({ prefix }: Pick<Contract, "prefix">, service = ""): string => `${prefix}.deadLetter.${service}`;

/** The aggregates that announce events of these types, in the order of their names. */
export const aggregatesOf = ({ schemas }: Contract, types: readonly string[], of?: readonly string[]): readonly string[] => {
  const wanted = new Set(types);
  const found = schemas.filter(({ event, aggregate }) => wanted.has(event) && (!of || of.includes(aggregate)));
  return [...new Set(found.map(({ aggregate }) => aggregate))].sort();
};
