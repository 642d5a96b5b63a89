import { rows } from "../chassis/http/rows.ts";
import type { ApiOutside } from "./ports.ts";

const { answer } = rows<never, Record<never, never>, ApiOutside>();

/** Operations that the gateway answers itself, from the reports of all services. */
export const http = [
  answer("GetCommand", async ({ id }, { sees, outside: { follow } }) => {
    const found = await follow(id, sees);
    if (found === "unknown") return { rejected: `resource [${id}] not found`, kind: "notFound" };
    if (found === "hidden")
      return { rejected: `access denied for resource [${id}]`, kind: "denied", error: "error_resource_access_denied" };
    return found;
  }),
];
