import type { Contract } from "../../events/index.ts";
import { schemas } from "../../schemas/generated/schemas.ts";

/** What all services of the platform agree on. */
export const contract: Contract = { schemas, prefix: "pitrix" };
