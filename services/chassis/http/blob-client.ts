import { createHash } from "node:crypto";
import type { Clock } from "../../../events/index.ts";
import { lruCache } from "../../../events/runtime.ts";
import { serviceProof } from "../access/tokens.ts";
import type { Call } from "../process/client.ts";
import type { Directory } from "../process/discovery.ts";
import type { PlatformKey } from "../process/settings.ts";

const KEPT = 1_000;
const KEPT_BYTES = 64 * 1024 * 1024;

/** Fetches blobs of other services by digest from any instance that has them, and caches them: a digest always names the same bytes. */
export const blobClient = (
  ports: { readonly call: Call; readonly directory: Directory; readonly clock: Clock },
  keys: readonly PlatformKey[],
  service: string,
) => {
  const kept = lruCache<Uint8Array>(KEPT, { most: KEPT_BYTES, of: ({ byteLength }) => byteLength });
  return async (owner: string, digest: string, signal?: AbortSignal): Promise<Uint8Array> => {
    const known = kept.get(digest);
    if (known) return known;
    const headers = { authorization: `Bearer ${await serviceProof(keys, service, ports.clock.now())}`, "pitrix-service": owner };
    const problems: unknown[] = [];
    for (const { url, name } of ports.directory.instancesOf(owner)) {
      try {
        const answer = await ports.call(`blobs of ${url}`, {
          url: `${url}/blobs/${digest}`,
          headers,
          milliseconds: 30_000,
          serverName: name,
          ...(signal && { signal }),
        });
        if (answer.status !== 200) throw new Error(`${url} answered ${answer.status} to a request for ${digest}`);
        if (`sha256:${createHash("sha256").update(answer.body).digest("hex")}` !== digest)
          throw new Error(`${url} gave other bytes than ${digest}`);
        kept.set(digest, answer.body);
        return answer.body;
      } catch (error) {
        if (signal?.aborted) throw error;
        problems.push(error);
      }
    }
    throw new AggregateError(problems, `no instance of ${owner} gave ${digest}${problems.length === 0 ? ": none is known" : ""}`);
  };
};
export type FetchBlob = ReturnType<typeof blobClient>;
