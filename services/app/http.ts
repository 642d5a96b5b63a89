import type { HttpRow } from "../chassis/http/rows.ts";
import { appRows } from "./http/apps.ts";
import { attachmentRows } from "./http/attachments.ts";
import { categoryRows } from "./http/categories.ts";
import { reviewRows } from "./http/reviews.ts";
import { versionRows } from "./http/versions.ts";
import type { AppOutside } from "./packages.ts";

export const http: readonly HttpRow<AppOutside>[] = [...appRows, ...versionRows, ...reviewRows, ...categoryRows, ...attachmentRows];
