import type { Rejection } from "../decider.ts";
import { type Actor, eventIdOf, type Message } from "../message.ts";
import type { Commit } from "../ports.ts";

/** The metadata of a command: its cause, its user and its place in the causal chain. */
export type CommandMetadata = {
  /** The inbox key; null if the answer is not recorded (progress that is idempotent by content). */
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
  /** The commit with events; null for a receipt, or if nothing was recorded. */
  readonly commit: Commit | null;
  /** The cause was known: this is the recorded answer. */
  readonly repeated: boolean;
};

/** A command that waits for its stream. */
export type Waiting = {
  readonly command: Message;
  readonly because: CommandMetadata;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

/** The outcome that a stored commit or receipt records. */
export const outcomeOf = (commit: Commit, repeated: boolean): Outcome => ({
  stream: commit.stream,
  version: commit.events.length === 0 ? commit.version : commit.version + commit.events.length - 1,
  rejection: commit.rejection,
  commit: commit.events.length === 0 ? null : commit,
  repeated,
});

/** The cause of a command that a reaction, an effect or a timer issues. A redelivery gives the same cause. */
export const causeOf = (stream: string, version: number, row: string, target: string): string =>
  `${eventIdOf(stream, version)}/${row}/${target}`;
