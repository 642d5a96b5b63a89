import type { Command } from "../../schemas/generated/http.ts";
import type { Feed } from "../chassis/http/feed/feed.ts";
import type { Owner } from "../chassis/http/owners.ts";
import type { Operating } from "./operating.ts";

/** What the gateway's own rows need of the outside. */
export type ApiOutside = {
  /** What a request or an action caused, as far as the caller sees whose it is; `hidden` if the caller sees nothing of it. */
  readonly follow: (id: string, sees: (owner: Owner) => boolean) => Promise<Command | "unknown" | "hidden">;
  /** The public events of all services. */
  readonly events: Feed;
  readonly operate: Operating;
};
