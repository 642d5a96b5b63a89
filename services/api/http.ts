import { rows } from "../chassis/http/rows.ts";
import type { ApiOutside } from "./ports.ts";

const { answer } = rows<never, Record<never, never>, ApiOutside>();

/** What the gateway answers itself, since it takes all services. */
export const http = [
  answer("GetCommand", async ({ id }, { sees, outside }) => {
    const found = await outside.follow(id, ({ userId, ownerPath }) => sees({ owner: userId, owner_path: ownerPath }));
    if (found === "unknown") return { rejected: `resource [${id}] not found`, kind: "notFound" };
    if (found === "hidden")
      return { rejected: `access denied for resource [${id}]`, kind: "denied", error: "error_resource_access_denied" };
    return found;
  }),
];
