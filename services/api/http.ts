import type { Actor } from "../../events/message.ts";
import type { Command } from "../../schemas/generated/http.ts";
import { rows } from "../chassis/http/rows.ts";

/** What is known of a request or an action, of what these people did; unknown, or hidden where all of it is somebody else's. */
export type Follow = (id: string, sees: (actor: Actor) => boolean) => Promise<Command | "unknown" | "hidden">;

const { answer } = rows<never, Record<never, never>>();

/** What the gateway answers itself, since it takes all services. */
export const http = (follow: Follow) => [
  answer("GetCommand", async ({ id }, { sees }) => {
    const found = await follow(id, ({ userId, ownerPath }) => sees({ owner: userId, owner_path: ownerPath }));
    if (found === "unknown") return { rejected: `resource [${id}] not found`, kind: "notFound" };
    if (found === "hidden")
      return { rejected: `access denied for resource [${id}]`, kind: "denied", error: "error_resource_access_denied" };
    return found;
  }),
];
