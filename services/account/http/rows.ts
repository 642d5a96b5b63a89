import { type Reads, rows } from "../../chassis/http/rows.ts";
import type { AccountCommand } from "../domain/domain.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";

export type AccountReads = Reads<AccountReadModels>;

export const { command, query, answer } = rows<AccountCommand, AccountReadModels>();
