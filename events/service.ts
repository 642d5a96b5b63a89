import type { AnyDecider } from "./decider.ts";
import type { AnyEffects, AnySeed, AnySignal, AnyTimers } from "./effect.ts";
import type { Message } from "./message.ts";
import type { AnyProjection } from "./projection.ts";
import type { AnyReactions } from "./reaction.ts";

/**
 * A service is a constant value: its tables. It closes over no port; what its effects, signals and seeds need of the outside world is
 * handed to them when they run. What runs it, simulates it, draws it or documents it are interpreters of this value.
 */
export type Service<Outside = unknown> = {
  readonly name: string;
  /** By the aggregate's name, which is its Avro namespace, its topic and the first part of its stream ids. */
  readonly aggregates: { readonly [aggregate: string]: Aggregate<Outside> };
  readonly reactions?: AnyReactions;
  readonly projections?: readonly AnyProjection[];
  readonly signals?: readonly AnySignal<Outside>[];
  readonly seeds?: readonly AnySeed<Outside>[];
  /** Rows of an interpreter outside the backbone: operations over HTTP. */
  readonly http?: readonly OperationRow[];
};
/** A service that is only looked at: nothing of its outside is needed. */
export type AnyService = Service<never>;
export type OperationRow = { readonly kind: string; readonly operation: string; readonly issues?: readonly string[] };

/** A decider with what its own events set going. */
export type Aggregate<Outside = unknown> = {
  readonly decider: AnyDecider;
  readonly effects?: AnyEffects<Outside>;
  readonly timers?: AnyTimers;
};

/**
 * Whether a value can be the key of a stream. Stream ids stand in event ids, positions, headers and paths: at most 128 visible ASCII
 * characters, without the separators `/`, `@` and `,`.
 */
export const isStreamKey = (value: unknown): value is string => typeof value === "string" && /^[!-+.0-?A-~-]{1,128}$/.test(value);

/** The field of a command that should be the key of its stream and cannot be; undefined if the key is good. */
export const badKeyOf = ({ aggregates }: Pick<AnyService, "aggregates">, command: Message): string | undefined => {
  const { decider } = Object.values(aggregates).find((aggregate) => command.type in aggregate.decider.decide) ?? {};
  return decider && !isStreamKey(Reflect.get(command, decider.key)) ? decider.key : undefined;
};

/** Finds the aggregate that decides a command, and the command's stream. Throws if two tables decide one command. */
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
