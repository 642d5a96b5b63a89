import type { Clock } from "../../events/index.ts";
import { operations } from "../../schemas/generated/http.ts";
import { serviceProof } from "../chassis/access/tokens.ts";
import type { ServicesClient } from "../chassis/http/causation-query.ts";
import type { Directory } from "../chassis/process/discovery.ts";
import type { PlatformKey } from "../chassis/process/settings.ts";
import { type Answer, discard, wholeOf } from "./answer.ts";
import type { Body } from "./body.ts";
import type { Upstreams } from "./upstream.ts";

const MAX_ATTEMPTS = 3;
/** Milliseconds for an answer: one slow service must not hold up what all others have said. */
const TIMEOUT = 5_000;
const MAX_BYTES = 32 * 1024 * 1024;
const OWN = "api";

/** Sends requests to the internal routes of services: with a proof that the gateway belongs to the platform, and through the instances' breakers. */
export const servicesClient = (
  upstreams: Upstreams,
  { directory, clock, keys }: { readonly directory: Directory; readonly clock: Clock; readonly keys: readonly PlatformKey[] },
): ServicesClient => {
  const headersFor = async (service: string) => ({
    authorization: `Bearer ${await serviceProof(keys, OWN, clock.now())}`,
    "pitrix-service": service,
  });
  return {
    // Also services of the contract without an instance.
    services: async () =>
      [...new Set([...Object.values(operations).map(({ service }) => service), ...directory.services()])]
        .filter((service) => service !== OWN)
        .sort(),

    request: async (service, path, body) => {
      const tried = new Set<string>();
      const bytes = body && Buffer.from(JSON.stringify(body));
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const instance = upstreams.choose(service, tried);
        if (!instance) return undefined;
        tried.add(instance.instance);
        const answer = await upstreams.send(instance, {
          method: bytes ? "POST" : "GET",
          path,
          headers: {
            ...(await headersFor(service)),
            ...(bytes && { "content-type": "application/json", "content-length": bytes.byteLength }),
          },
          ...(bytes && { body: bodyOf(bytes) }),
          milliseconds: TIMEOUT,
          signal: AbortSignal.timeout(2 * TIMEOUT),
        });
        const read = "status" in answer ? await jsonIn(answer) : undefined;
        // Without one, another instance may answer: the breaker has noted this failure.
        if (read !== undefined) return read;
      }
      return undefined;
    },
  };
};

export const bodyOf = (bytes: Uint8Array): Body => ({
  repeatable: () => true,
  problem: () => undefined,
  chunks: async function* () {
    yield bytes;
  },
});

/** Undefined where the answer is an error, or breaks off. */
const jsonIn = async (answer: Answer): Promise<unknown> => {
  if (answer.status === 200)
    return wholeOf(answer, MAX_BYTES)
      .then((bytes) => JSON.parse(Buffer.from(bytes).toString("utf8")))
      .catch(() => undefined);
  discard(answer);
  return undefined;
};
