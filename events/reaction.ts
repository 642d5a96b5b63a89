import type { Fields, Message, Meta } from "./message.ts";

/** What an event makes due: one command, or several of one kind. */
export type Reaction<Event, Command extends Message> = {
  readonly [T in Command["type"]]: {
    readonly issues: T;
    readonly given: (event: Event, meta: Meta) => Fields<Command, T> | readonly Fields<Command, T>[];
  };
}[Command["type"]];

/**
 * Policies: whenever this happened anywhere, do that here. `Events` maps an event's type to the event. The functions are pure; a redelivery
 * finds the recorded answer of each command.
 */
export type Reactions<Events, Command extends Message> = {
  readonly [T in keyof Events]?: Reaction<Events[T], Command> | readonly Reaction<Events[T], Command>[];
};

/** A row that issues commands. Its types were checked where it was written. */
export type IssuingRow = {
  readonly issues: string;
  // biome-ignore lint/suspicious/noExplicitAny: as AnyDecider.
  readonly given: (event: any, meta: Meta) => object | readonly object[];
};
export type AnyReactions = { readonly [event: string]: IssuingRow | readonly IssuingRow[] | undefined };

export const rowsOf = (row: IssuingRow | readonly IssuingRow[] | undefined): readonly IssuingRow[] =>
  row === undefined ? [] : [row].flat();

/** The commands that a row issues for an event. The row's name of the command wins over a field `type` of what it gives. */
export const commandsOf = (row: IssuingRow | readonly IssuingRow[] | undefined, event: Message, meta: Meta): readonly Message[] =>
  rowsOf(row).flatMap(({ issues, given }) => [given(event, meta)].flat().map((fields: object) => ({ ...fields, type: issues })));
