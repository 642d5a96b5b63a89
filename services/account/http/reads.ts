import type { Reads } from "../../chassis/http/rows.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";

/** Reads of the service's own read models. */
export type AccountReads = Reads<AccountReadModels>;
