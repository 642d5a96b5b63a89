import type { Actor, Message } from "../message.ts";
import type { Outcome } from "../store/command.ts";

/** A request to a service. With a cause it may be repeated until it is answered, and is carried out once. */
export type Request = { readonly service: string; readonly command: Message; readonly actor: Actor; readonly cause: string | null };

/** A request and its answers. `since` is the version that the stream had when the request was sent. */
export type Exchange = {
  readonly request: Request;
  readonly number: number;
  answers: { readonly outcome: Outcome; readonly since: number; readonly step: number }[];
  failures: number;
  /** A table threw: a repeated request would fail, too. */
  refused: boolean;
  over: boolean;
};
