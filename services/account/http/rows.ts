import { type EdgeContext, type Reads, rows } from "../../chassis/http/rows.ts";
import type { AccountCommand } from "../domain/domain.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";

export type AccountReads = Reads<AccountReadModels>;
/** The context argument of `prepare` in a command row and of an `answer` row. */
export type AccountContext = EdgeContext<AccountReadModels, unknown>;

export const { command, query, answer } = rows<AccountCommand, AccountReadModels>();
