import { createHash } from "node:crypto";
import { lruCache } from "../../../events/runtime.ts";
import type { AskService } from "./service-client.ts";

const KEPT = 1_000;
const KEPT_BYTES = 64 * 1024 * 1024;

/** Fetches blobs of other services by digest from any instance that has them, and caches them: a digest always names the same bytes. */
export const blobClient = (ask: AskService) => {
  const kept = lruCache<Uint8Array>(KEPT, { most: KEPT_BYTES, of: ({ byteLength }) => byteLength });
  return async (owner: string, digest: string, signal?: AbortSignal): Promise<Uint8Array> => {
    const known = kept.get(digest);
    if (known) return known;
    const bytes = await ask({
      service: owner,
      path: `/blobs/${digest}`,
      about: `blob ${digest}`,
      milliseconds: 30_000,
      ...(signal && { signal }),
      read: ({ status, body }, url) => {
        if (status !== 200) throw new Error(`${url} answered ${status} to a request for ${digest}`);
        if (`sha256:${createHash("sha256").update(body).digest("hex")}` !== digest)
          throw new Error(`${url} gave other bytes than ${digest}`);
        return body;
      },
    });
    kept.set(digest, bytes);
    return bytes;
  };
};
export type FetchBlob = ReturnType<typeof blobClient>;
