import type { Actor, Message } from "../message.ts";
import type { Outcome } from "../store/command.ts";

/** What somebody asks of a service. With a cause it may be asked again until an answer comes; it is then carried out once. */
export type Request = { readonly service: string; readonly command: Message; readonly actor: Actor; readonly cause: string | null };

/** A request and what was answered; `since` is the version its stream had when it was first asked. */
export type Exchange = {
  readonly request: Request;
  readonly number: number;
  answers: { readonly outcome: Outcome; readonly since: number; readonly step: number }[];
  failures: number;
  /** A table threw: asking again would not help. */
  refused: boolean;
  over: boolean;
};
