import type * as backbone from "../../events/index.ts";
import type { EventByType } from "../../schemas/generated/events.ts";

// The backbone's tables, bound to the events of this platform. The backbone itself knows none of them.

export { deleted } from "../../events/index.ts";
export type Projection<Document extends object> = backbone.Projection<EventByType, Document>;
export type Reactions<Command extends backbone.Message> = backbone.Reactions<EventByType, Command>;
