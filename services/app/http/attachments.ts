import type { Condition, Rejection } from "../../../events/index.ts";
import type { EdgeContext, HttpRow } from "../../chassis/http/rows.ts";
import { type AppOutside, base64Of } from "../packages.ts";
import type { AppReadModels } from "../read-models.ts";
import { answer, bytes } from "./rows.ts";

/** The files of applications and categories: as base64 in JSON for API clients, as bytes for browsers. */
export const attachmentRows: readonly HttpRow<AppOutside>[] = [
  answer("GetAttachment", async ({ attachment_id, filename = "raw" }, context) => {
    const file = await fileOf(attachment_id, filename || "raw", context);
    return "rejected" in file ? file : { content: base64Of(file.bytes), etag: file.digest };
  }),
  bytes("GetAttachmentFile", async ({ attachment_id, filename }, context) => {
    const file = await fileOf(attachment_id, filename, context);
    return "rejected" in file ? file : { bytes: file.bytes, type: imageTypeOf(file.bytes), filename: file.filename, etag: file.digest };
  }),
];

type File = { readonly bytes: Uint8Array; readonly digest: string; readonly filename: string };

type Context = EdgeContext<AppReadModels, AppOutside>;
const fileOf = async (id: string, filename: string, context: Context): Promise<File | Rejection> => {
  const digest = filename === FILENAME ? await digestOf(id, context) : undefined;
  const bytes = digest === undefined ? undefined : await context.edge.getBlob(digest);
  return bytes && digest !== undefined
    ? { bytes, digest, filename }
    : { rejected: `attachment [${id}] does not exist`, kind: "notFound", error: "resource_not_found" };
};
/** Every attachment has one file. */
const FILENAME = "raw";

/** The content of an attachment, as the caller may see it. An application's is the newest for its owner and reviewers, else the released one. */
const digestOf = async (id: string, { all, get, ids, parts }: Context): Promise<string | undefined> => {
  const uploaded = await get("attachments", id, "public");
  const [category] = uploaded ? await all("categories", [field("icon", id)], 1, "public") : [];
  if (category) return uploaded?.digest;
  // A package may name anything as its icon: only the uploader's application is the attachment's.
  const named: readonly Condition[] = uploaded ? [field("icon", id), field("owner", uploaded.owner)] : [field("file_ids", id)];
  const [appId] = await ids("apps", named, 1);
  if (appId === undefined) return undefined;
  const [reviewed] = await all("appVersions", [field("app_id", appId)], 1, "underReview");
  const [underReview] = reviewed ? await parts(reviewed, "apps", "app_id") : [];
  const copy = underReview ?? (await get("apps", appId)) ?? (await get("activeApps", appId, "inStore"));
  return copy?.files[id] ?? (copy?.icon === id ? uploaded?.digest : undefined);
};
const field = (name: string, value: string): Condition => ({ field: name, in: [value] });

/** Image types by the first bytes of the file, read as Latin-1. */
const signatures = {
  "image/png": /^\x89PNG\r\n/,
  "image/jpeg": /^\xff\xd8\xff/,
  "image/gif": /^GIF8[79]a/,
  "image/webp": /^RIFF.{4}WEBP/s,
};
const imageTypeOf = (bytes: Uint8Array): string => {
  const start = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  const [type] = Object.entries(signatures).find(([, signature]) => signature.test(start)) ?? [];
  return type ?? "application/octet-stream";
};
