import type { EventByType, EventType } from "../schemas/generated/events.ts";
import type { Message, Meta } from "./message.ts";

/** Policies: whenever this happened anywhere, then do that here. Pure; a redelivery finds the recorded answer of each command. */
export type Reactions<Command extends Message> = {
  readonly [T in EventType]?: (event: EventByType[T], meta: Meta) => Command | readonly Command[];
};
