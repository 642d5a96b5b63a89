import { rows } from "../../chassis/http/rows.ts";
import type { AppCommand } from "../domain/app.ts";
import type { AttachmentCommand } from "../domain/attachment.ts";
import type { CategoryCommand } from "../domain/category.ts";
import type { AppOutside } from "../packages.ts";
import type { AppReadModels } from "../read-models.ts";

export const { command, query, answer, bytes } = rows<AppCommand | AttachmentCommand | CategoryCommand, AppReadModels, AppOutside>();
