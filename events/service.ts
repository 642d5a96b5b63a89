import { type Contract, deadLetterTopic, topicOf, topicsOf } from "./contract.ts";
import type { AnyDecider } from "./decider.ts";
import type { AnyEffects, AnySeed, AnySignal, AnyTimers } from "./effect.ts";
import type { Message } from "./message.ts";
import type { AnyProjection } from "./projection.ts";
import type { AnyReactions } from "./reaction.ts";

/**
 * A service is a constant value: its tables. It closes over no port; effects, signals and seeds receive their access to the outside world when they
 * run. Interpreters run, simulate, draw and document this value.
 */
export type Service<Outside = unknown> = {
  readonly name: string;
  /** By the name of the aggregate, which also names its Avro namespace and its topic, and is the first part of its stream ids. */
  readonly aggregates: { readonly [aggregate: string]: Aggregate<Outside> };
  readonly reactions?: AnyReactions;
  readonly projections?: readonly AnyProjection[];
  readonly signals?: readonly AnySignal<Outside>[];
  readonly seeds?: readonly AnySeed<Outside>[];
  /** Operations over HTTP, which an interpreter outside the backbone serves. */
  readonly http?: readonly OperationRow[];
};
/** A service of any outside type, for interpreters that do not run effects. */
export type AnyService = Service<never>;
export type OperationRow = { readonly kind: string; readonly operation: string; readonly issues?: readonly string[] };

/** A decider with the effects and timers of its events. */
export type Aggregate<Outside = unknown> = {
  readonly decider: AnyDecider;
  readonly effects?: AnyEffects<Outside>;
  readonly timers?: AnyTimers;
  /** Nobody but this service may read the topic of this aggregate. */
  readonly internal?: true;
  /** Third parties may read the topic, too: its events neither name nor authenticate a person. Absent: only services of the platform may. */
  readonly public?: true;
};

/** The topics of a service: those of its own events, its dead letter topic, and those that its read models and reactions read. */
export const topicsOfService = (contract: Contract, { name, aggregates, projections = [], reactions = {} }: AnyService) => ({
  events: Object.keys(aggregates).map((aggregate) => topicOf(contract, aggregate)),
  deadLetters: deadLetterTopic(contract, name),
  reads: [
    ...new Set([
      ...projections.flatMap(({ evolve, of }) => topicsOf(contract, Object.keys(evolve), of)),
      ...topicsOf(contract, Object.keys(reactions)),
    ]),
  ],
});

/**
 * Whether a value can be the key of a stream. Stream ids are part of event ids, positions, headers and paths: at most 128 visible ASCII characters,
 * without the separators `/`, `@` and `,`.
 */
export const isStreamKey = (value: unknown): value is string => typeof value === "string" && /^[!-+.0-?A-~-]{1,128}$/.test(value);

/** The name of a command's key field if its value cannot be a stream key; undefined if the key is valid. */
export const badKeyOf = ({ aggregates }: Pick<AnyService, "aggregates">, command: Message): string | undefined => {
  const { decider } = Object.values(aggregates).find((aggregate) => command.type in aggregate.decider.decide) ?? {};
  return decider && !isStreamKey(Reflect.get(command, decider.key)) ? decider.key : undefined;
};

/** Returns a function that finds the aggregate and the key of a command. Throws if two tables decide the same command. */
export const router = ({ name, aggregates }: Pick<AnyService, "name" | "aggregates">) => {
  const byCommand = new Map<string, { readonly aggregate: string; readonly decider: AnyDecider }>();
  for (const [aggregate, { decider }] of Object.entries(aggregates))
    for (const command of Object.keys(decider.decide)) {
      const other = byCommand.get(command)?.aggregate;
      if (other) throw new Error(`service ${name}: command ${command} is in the tables of ${other} and of ${aggregate}`);
      byCommand.set(command, { aggregate, decider });
    }
  return (command: Message): { readonly aggregate: string; readonly decider: AnyDecider; readonly key: string } => {
    const route = byCommand.get(command.type);
    if (!route) throw new Error(`service ${name} has no decider for command ${command.type}`);
    const key: unknown = Reflect.get(command, route.decider.key);
    if (!isStreamKey(key)) throw new Error(`command ${command.type} has no usable ${route.decider.key}: ${JSON.stringify(key)}`);
    return { ...route, key };
  };
};
