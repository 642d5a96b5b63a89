import type { Clock } from "../../events/index.ts";
import { operations } from "../../schemas/generated/http.ts";
import { serviceProof } from "../chassis/access/tokens.ts";
import type { Asking } from "../chassis/http/causation.ts";
import type { Directory } from "../chassis/process/discovery.ts";
import type { PlatformKey } from "../chassis/process/settings.ts";
import { type Answer, discard, wholeOf } from "./answer.ts";
import type { Upstreams } from "./upstream.ts";

const ATTEMPTS = 3;
/** No answer takes longer, so that one slow service does not hold up what all others have said. */
const PATIENCE = 5_000;
const MOST = 32 * 1024 * 1024;
const OWN = "api";

/** Asks the services of the platform for what is not for everybody: by a proof, each through the breakers of its instances. */
export const asking = (
  upstreams: Upstreams,
  { directory, clock, keys }: { readonly directory: Directory; readonly clock: Clock; readonly keys: readonly PlatformKey[] },
): Asking => {
  const headersFor = async (service: string) => ({
    authorization: `Bearer ${await serviceProof(keys, OWN, clock.now())}`,
    "pitrix-service": service,
  });
  return {
    // Also those that the contract names and that nobody hears of just now.
    services: async () =>
      [...new Set([...Object.values(operations).map(({ service }) => service), ...directory.services()])]
        .filter((service) => service !== OWN)
        .sort(),

    ask: async (service, path, body) => {
      const tried = new Set<string>();
      const bytes = body && Buffer.from(JSON.stringify(body));
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const instance = upstreams.choose(service, tried);
        if (!instance) return undefined;
        tried.add(instance.instance);
        try {
          const answer = await upstreams.send(instance, {
            method: bytes ? "POST" : "GET",
            path,
            headers: {
              ...(await headersFor(service)),
              ...(bytes && { "content-type": "application/json", "content-length": bytes.byteLength }),
            },
            ...(bytes && { body: bodyOf(bytes) }),
            milliseconds: PATIENCE,
            signal: AbortSignal.timeout(2 * PATIENCE),
          });
          return await read(answer);
        } catch {
          // Another instance may know; the breaker has noted it.
        }
      }
      return undefined;
    },
  };
};

const bodyOf = (bytes: Uint8Array) => ({
  repeatable: () => true,
  chunks: async function* () {
    yield bytes;
  },
});

const read = async (answer: Answer): Promise<unknown> => {
  if (answer.status === 200) return JSON.parse(Buffer.from(await wholeOf(answer, MOST)).toString("utf8"));
  discard(answer);
  throw new Error(`answered ${answer.status}`);
};
