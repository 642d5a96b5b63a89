import type { AnyDecider } from "./decider.ts";
import type { AnyEffects, AnyTimers, Signal } from "./effect.ts";
import type { Message } from "./message.ts";
import type { AnyProjection } from "./projection.ts";
import type { Reactions } from "./reaction.ts";

/** A service is a value: its tables. What runs it, simulates it, draws it or documents it are interpreters of this value. */
export type Service = {
  readonly name: string;
  /** By the aggregate's name, which is its Avro namespace, its topic and the first part of its stream ids. */
  readonly aggregates: { readonly [aggregate: string]: Aggregate };
  // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
  readonly reactions?: Reactions<any>;
  readonly projections?: readonly AnyProjection[];
  // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
  readonly signals?: readonly Signal<any>[];
  /** Rows of an interpreter outside the backbone: operations over HTTP. */
  readonly http?: readonly OperationRow[];
};

export type OperationRow = { readonly kind: string; readonly operation: string };

/** A decider with what its own events set going. */
export type Aggregate = {
  readonly decider: AnyDecider;
  readonly effects?: AnyEffects;
  readonly timers?: AnyTimers;
};

/** Checks what the types cannot: that a command means one decider only. */
export const service = (tables: Service): Service => {
  const seen = new Map<string, string>();
  for (const [aggregate, { decider }] of Object.entries(tables.aggregates))
    for (const command of Object.keys(decider.decide)) {
      const other = seen.get(command);
      if (other) throw new Error(`service ${tables.name}: command ${command} is in the tables of ${other} and of ${aggregate}`);
      seen.set(command, aggregate);
    }
  return tables;
};

/**
 * Whether a value can be the key of a stream. Stream ids stand in event ids, positions, headers and paths: at most 128 visible ASCII
 * characters, without the separators `/`, `@` and `,`.
 */
export const isStreamKey = (value: unknown): value is string => typeof value === "string" && /^[!-+.0-?A-~-]{1,128}$/.test(value);

/** The field of a command that should be the key of its stream and cannot be; undefined if the key is good. */
export const badKeyOf = ({ aggregates }: Service, command: Message): string | undefined => {
  const { decider } = Object.values(aggregates).find((aggregate) => command.type in aggregate.decider.decide) ?? {};
  return decider && !isStreamKey(Reflect.get(command, decider.key)) ? decider.key : undefined;
};

/** Finds the aggregate that decides a command, and the command's stream. */
export const router = ({ name, aggregates }: Service) => {
  const byCommand = new Map(
    Object.entries(aggregates).flatMap(([aggregate, { decider }]) =>
      Object.keys(decider.decide).map((command) => [command, { aggregate, decider }] as const),
    ),
  );
  return (command: Message): { readonly aggregate: string; readonly decider: AnyDecider; readonly key: string } => {
    const route = byCommand.get(command.type);
    if (!route) throw new Error(`service ${name} has no decider for command ${command.type}`);
    const key: unknown = Reflect.get(command, route.decider.key);
    if (!isStreamKey(key)) throw new Error(`command ${command.type} has no usable ${route.decider.key}: ${JSON.stringify(key)}`);
    return { ...route, key };
  };
};
