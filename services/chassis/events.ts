import type { Message } from "../../events/message.ts";
import type * as projection from "../../events/projection.ts";
import type * as reaction from "../../events/reaction.ts";
import type { EventByType } from "../../schemas/generated/events.ts";

// The backbone's tables, bound to the events of this platform. The backbone itself knows none of them.

export { deleted } from "../../events/projection.ts";
export type Projection<Document extends object> = projection.Projection<EventByType, Document>;
export type Reactions<Command extends Message> = reaction.Reactions<EventByType, Command>;
