import type { Response } from "express";
import { makeProblem, type Problem } from "./problems.ts";
import type { FileAnswer } from "./rows.ts";

/** Bytes of the largest file that is sent. */
const MAX_BYTES = 16 * 1024 * 1024;
/** The bulkhead of files. A file is read whole, and the blob of a file that is too large has up to 64 MB. */
export const FILES = { requests: 4, waiting: 256, milliseconds: 5_000 };

/** Sends an uploaded file as a download: whatever it holds, no browser shows it as a page of this site. Pages may embed it as an image. */
export const sendFile = (response: Response, { bytes, type, filename, etag }: FileAnswer): Problem | undefined => {
  if (bytes.byteLength > MAX_BYTES) return makeProblem("file_too_large", `${MAX_BYTES} bytes`);
  response.attachment(filename).set({
    "content-type": type,
    "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "cache-control": "no-cache",
    ...(etag !== undefined && { etag: `"${etag}"` }),
  });
  response.send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return undefined;
};
