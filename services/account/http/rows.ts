import { type EdgeContext, rows, type SignInContext } from "../../chassis/http/rows.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";
import { isMaking, type RowCommand } from "./consequences.ts";
import { exceedsPower } from "./powers.ts";

/** The context argument of `prepare` in a command row and of an `answer` row. */
export type AccountContext = EdgeContext<AccountReadModels, unknown>;
/** That of the operations in which callers prove who they are. */
export type SigningIn = SignInContext<AccountReadModels, unknown>;

export const { command, query, answer } = rows<RowCommand, AccountReadModels>({ judge: exceedsPower, inTurn: isMaking });
