/** A released version of an event's schema with its wire id, which `schemas/ids.json` locks. */
export type ReleasedSchema = { readonly id: number; readonly aggregate: string; readonly event: string; readonly schema: object };

/** The contract that all services of a platform share. */
export type Contract = {
  /** Every event schema that was ever released, oldest first. */
  readonly schemas: readonly ReleasedSchema[];
  /** Prefix of the names of topics, consumer groups and headers. */
  readonly prefix: string;
  /** The URL of the schema registry, which the headers of events name. Absent: they name a path. */
  readonly registry?: string;
  /** Absent: headers tell only causes that follow from another event, and what has another cause cannot be restored from the log. */
  readonly causes?: CauseCipher;
};

/** Makes causes unreadable on the log, where strangers read: a cause may hold the hash of an idempotency key, or an address. */
export type CauseCipher = {
  /** The same text for the same cause. */
  readonly seal: (cause: string) => string;
  /** Undefined: no key that this process has opens it. */
  readonly open: (sealed: string) => string | undefined;
};

/** The topic of an aggregate's events. */
export const topicOf = ({ prefix }: Pick<Contract, "prefix">, aggregate: string): string => `${prefix}.${aggregate}`;
/** The consumer group of a read model, or of the reactions of a service. */
export const groupOf = ({ prefix }: Pick<Contract, "prefix">, service: string, subscription: string): string =>
  `${prefix}.${service}.${subscription}`;
/** The dead letter topic of a service; without a service, the common prefix of all dead letter topics. */
export const deadLetterTopic = ({ prefix }: Pick<Contract, "prefix">, service = ""): string => `${prefix}.deadLetter.${service}`;

/** The aggregates that announce events of these types, sorted by name. */
export const aggregatesOf = ({ schemas }: Contract, types: readonly string[], of?: readonly string[]): readonly string[] => {
  const wanted = new Set(types);
  const found = schemas.filter(({ event, aggregate }) => wanted.has(event) && (!of || of.includes(aggregate)));
  return [...new Set(found.map(({ aggregate }) => aggregate))].sort();
};

/** The topics on which events of these types are announced, sorted by name. */
export const topicsOf = (contract: Contract, types: readonly string[], of?: readonly string[]): readonly string[] =>
  aggregatesOf(contract, types, of).map((aggregate) => topicOf(contract, aggregate));
