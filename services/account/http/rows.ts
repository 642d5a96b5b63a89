import { type EdgeContext, rows } from "../../chassis/http/rows.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";
import { isMaking, type RowCommand } from "./consequences.ts";
import { exceedsPower } from "./powers.ts";

/** The context argument of `prepare` in a command row and of an `answer` row. */
export type AccountContext = EdgeContext<AccountReadModels, unknown>;

export const { command, query, answer } = rows<RowCommand, AccountReadModels>({ judge: exceedsPower, inTurn: isMaking });
