import type { Response } from "express";
import { makeProblem, type Problem } from "./problems.ts";
import type { FileAnswer } from "./rows.ts";

/** Bytes of the largest file that is sent. */
const MAX_BYTES = 16 * 1024 * 1024;
/** The bulkhead of files. A file is read whole, and the blob of a file that is too large has up to 64 MB. */
export const FILES = { requests: 4, waiting: 256, milliseconds: 5_000 };

/** Media types that browsers may show. SVG is not one of them, since it may hold scripts. */
const images = new Set(["image/gif", "image/jpeg", "image/png", "image/webp"]);

/** Sends an uploaded file. Whatever it holds, no browser runs it as part of this site. */
export const sendFile = (response: Response, { bytes, type, filename, etag }: FileAnswer): Problem | undefined => {
  if (bytes.byteLength > MAX_BYTES) return makeProblem("file_too_large", `${MAX_BYTES} bytes`);
  if (!images.has(type)) response.attachment(filename);
  response.set({
    "content-type": type,
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "no-cache",
    ...(etag !== undefined && { etag: `"${etag}"` }),
  });
  response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return undefined;
};
