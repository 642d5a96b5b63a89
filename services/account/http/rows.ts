import { type EdgeContext, type HttpRow, rows, type SignInContext } from "../../chassis/http/rows.ts";
import type { AccountOutside } from "../ports.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";
import { isMaking, type RowCommand } from "./consequences.ts";
import { exceedsPower } from "./powers.ts";

/** The context argument of `prepare` in a command row and of an `answer` row. */
export type AccountContext = EdgeContext<AccountReadModels, AccountOutside>;
/** That of the operations in which callers prove who they are. */
export type SigningIn = SignInContext<AccountReadModels, AccountOutside>;

export type AccountRow = HttpRow<AccountOutside>;

export const { command, query, answer } = rows<RowCommand, AccountReadModels, AccountOutside>({ judge: exceedsPower, inTurn: isMaking });
