import type { Actor } from "../../events/index.ts";
import type { Command } from "../../schemas/generated/http.ts";

/** What the gateway's own rows need of the outside. */
export type ApiOutside = {
  /** What a request or an action caused, as far as the caller sees its actors; `hidden` if the caller sees none of them. */
  readonly follow: (id: string, sees: (actor: Actor) => boolean) => Promise<Command | "unknown" | "hidden">;
};
