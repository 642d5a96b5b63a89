import type { Rejection } from "../decider.ts";
import { type Actor, eventIdOf, type Message } from "../message.ts";
import type { Commit } from "../ports.ts";

/** Why a command is carried out, and for whom. */
export type CommandMetadata = {
  /** The inbox key; null where nothing is remembered (progress that is idempotent by content). */
  readonly cause: string | null;
  readonly row: string;
  readonly actor: Actor;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly actionId: string | null;
  readonly traceparent: string | null;
  readonly hops: number;
  readonly fingerprint?: string;
};

export type Outcome = {
  readonly stream: string;
  /** The stream's version after the decision. */
  readonly version: number;
  readonly rejection: Rejection | null;
  /** What was committed; null for a receipt or where nothing is remembered. */
  readonly commit: Commit | null;
  /** The cause was known: this is the answer that was given then. */
  readonly repeated: boolean;
};

/** A command that waits for its stream. */
export type Waiting = {
  readonly command: Message;
  readonly because: CommandMetadata;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

/** The outcome that a recorded commit or receipt stands for. */
export const outcomeOf = (commit: Commit, repeated: boolean): Outcome => ({
  stream: commit.stream,
  version: commit.events.length === 0 ? commit.version : commit.version + commit.events.length - 1,
  rejection: commit.rejection,
  commit: commit.events.length === 0 ? null : commit,
  repeated,
});

/** The cause of a command that a reaction, an effect or a timer issues: the same again at a redelivery. */
export const causeOf = (stream: string, version: number, row: string, target: string): string =>
  `${eventIdOf(stream, version)}/${row}/${target}`;
