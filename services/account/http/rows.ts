import { type EdgeContext, type Reads, rows } from "../../chassis/http/rows.ts";
import type { AccountCommand } from "../domain/domain.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";

export type AccountReads = Reads<AccountReadModels>;
/** What `prepare` of a command row and an `answer` row are handed. */
export type AccountContext = EdgeContext<AccountReadModels, unknown>;

export const { command, query, answer } = rows<AccountCommand, AccountReadModels>();
