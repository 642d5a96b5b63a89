import type { Rejection } from "../../../events/index.ts";
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

type Context = Pick<EdgeContext<AppReadModels, AppOutside>, "get" | "edge">;
const fileOf = async (id: string, filename: string, { get, edge }: Context): Promise<File | Rejection> => {
  const attachment = await get("attachments", id, "public");
  const isNamed = attachment !== undefined && ["raw", attachment.filename].includes(filename);
  const bytes = isNamed ? await edge.getBlob(attachment.digest) : undefined;
  return bytes && attachment
    ? { bytes, digest: attachment.digest, filename: attachment.filename }
    : { rejected: `attachment [${id}] does not exist`, kind: "notFound", error: "resource_not_found" };
};

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
