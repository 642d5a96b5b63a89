import type { Clock } from "../../../events/index.ts";
import { serviceProof } from "../access/tokens.ts";
import type { Call, HttpAnswer, HttpRequest } from "../process/client.ts";
import type { Directory } from "../process/discovery.ts";
import type { PlatformKey } from "../process/settings.ts";

/** What one asks of any instance of another service. */
export type Question<T> = Pick<HttpRequest, "method" | "body" | "milliseconds" | "signal"> & {
  readonly service: string;
  readonly path: string;
  /** Names it in errors and for the breaker. */
  readonly about: string;
  readonly headers?: HttpRequest["headers"];
  /** Throws if the answer is no good; then the next instance is asked. */
  readonly read: (answer: HttpAnswer, url: string) => T;
};
/** Gives the first good answer. Throws if no instance gives one. */
export type AskService = <T>(question: Question<T>) => Promise<T>;

/** Asks the instances of other services in this service's name, one after the other. */
export const serviceClient =
  (
    ports: { readonly call: Call; readonly directory: Directory; readonly clock: Clock },
    keys: readonly PlatformKey[],
    name: string,
  ): AskService =>
  async ({ service, path, about, headers = {}, read, ...request }) => {
    const proof = { authorization: `Bearer ${await serviceProof(keys, name, ports.clock.now())}`, "pitrix-service": service };
    const problems: unknown[] = [];
    for (const { url, name: serverName } of ports.directory.instancesOf(service)) {
      try {
        return read(
          await ports.call(`${about} of ${url}`, { ...request, url: `${url}${path}`, headers: { ...headers, ...proof }, serverName }),
          url,
        );
      } catch (error) {
        if (request.signal?.aborted) throw error;
        problems.push(error);
      }
    }
    throw new AggregateError(problems, `no instance of ${service} gave ${about}${problems.length === 0 ? ": none is known" : ""}`);
  };
