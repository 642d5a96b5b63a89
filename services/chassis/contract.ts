import type { Contract } from "../../events/index.ts";
import { schemas } from "../../schemas/generated/schemas.ts";

/** The contract of all services: the event schemas and the prefix of topics. */
export const contract: Contract = { schemas, prefix: "pitrix" };
