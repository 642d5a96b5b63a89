import { type Reads, rows } from "../../../events/http.ts";
import type { AccountCommand } from "../domain/domain.ts";
import type { AccountReadModels } from "../read-models/read-models.ts";

export type AccountReads = Reads<AccountReadModels>;

export const { command, query, answer } = rows<AccountCommand, AccountReadModels>();
