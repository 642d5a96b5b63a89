import type { Reads, Unscoped } from "../../chassis/http/rows.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";

/** Reads of the service's own read models. */
export type AccountReads = Reads<AccountReadModels>;
/** Those of all documents, which a judgement has. */
export type AllAccounts = Unscoped<AccountReadModels>;
