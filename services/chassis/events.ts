import type * as backbone from "../../events/index.ts";
import type { EventByType } from "../../schemas/generated/events.ts";

// The types of the backbone's tables, bound to the events of this platform. The backbone itself does not know these events.

export { deleted } from "../../events/index.ts";
export type Projection<Document extends object> = backbone.Projection<EventByType, Document>;
export type Reactions<Command extends backbone.Message> = backbone.Reactions<EventByType, Command>;
