import type { Actor } from "../../events/index.ts";
import type { Command } from "../../schemas/generated/http.ts";

/** What the gateway's own rows need of the platform. */
export type ApiOutside = {
  /** What is known of a request or an action, as far as the caller sees its actors; unknown, or hidden where all of it is somebody else's. */
  readonly follow: (id: string, sees: (actor: Actor) => boolean) => Promise<Command | "unknown" | "hidden">;
};
