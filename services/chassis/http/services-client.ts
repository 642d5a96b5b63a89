import type { Directory } from "../process/discovery.ts";
import type { ServicesClient } from "./causation-query.ts";
import type { AskService } from "./service-client.ts";

/** Milliseconds for an answer. */
const TIMEOUT = 6_000;

/** Asks services at their internal routes, each by any of its instances. */
export const callServices = (ask: AskService, { services }: Pick<Directory, "services">): ServicesClient => ({
  services: async () => services(),
  request: (service, path, body) =>
    ask<unknown>({
      ...{ service, path, about: `${path} of ${service}`, milliseconds: TIMEOUT },
      ...(body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      read: ({ status, body: bytes }, url) => {
        if (status !== 200) throw new Error(`${url} answered ${status}`);
        return JSON.parse(Buffer.from(bytes).toString());
      },
    }).catch(() => undefined),
});
