import type { Fields, Message, Meta } from "./message.ts";

/** A reaction to an event: issues one command, or several of one type. */
export type Reaction<Event, Command extends Message> = {
  readonly [T in Command["type"]]: {
    readonly issues: T;
    readonly given: (event: Event, meta: Meta) => Fields<Command, T> | readonly Fields<Command, T>[];
  };
}[Command["type"]];

/**
 * The reactions of a service, by event type. `Events` maps an event type to the event. The functions are pure; a redelivery finds the recorded
 * answer of each command.
 */
export type Reactions<Events, Command extends Message> = {
  readonly [T in keyof Events]?: Reaction<Events[T], Command> | readonly Reaction<Events[T], Command>[];
};

/** A row that issues commands, without its specific types: the compiler checks them where the row is written. */
export type IssuingRow = {
  readonly issues: string;
  // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
  readonly given: (event: any, meta: Meta) => object | readonly object[];
};
export type AnyReactions = { readonly [event: string]: IssuingRow | readonly IssuingRow[] | undefined };

export const rowsOf = (row: IssuingRow | readonly IssuingRow[] | undefined): readonly IssuingRow[] =>
  row === undefined ? [] : [row].flat();

/** The commands that a row issues for an event. `issues` overrides a field `type` in the result of `given`. */
export const commandsOf = (row: IssuingRow | readonly IssuingRow[] | undefined, event: Message, meta: Meta): readonly Message[] =>
  rowsOf(row).flatMap(({ issues, given }) => [given(event, meta)].flat().map((fields: object) => ({ ...fields, type: issues })));
