import type { Clock } from "../../events/index.ts";
import { BreakerOpen, type BreakerState, breakers } from "../chassis/process/breaker.ts";
import type { Directory, ServiceInstance } from "../chassis/process/discovery.ts";
import type { Logger } from "../chassis/process/logging.ts";
import { type Answer, discard } from "./answer.ts";
import type { GatewayMetrics } from "./metrics.ts";
import { type Connections, exchange, type Outgoing, TransportFailed } from "./transport.ts";

export type UpstreamOptions = {
  /** Milliseconds without an answer after which an instance is asked whether it is alive, and those it has to say so. */
  readonly slow?: number;
  readonly probe?: number;
  /** Milliseconds after which an unhealthy instance is asked again. */
  readonly reset?: number;
};
type Sent = Omit<Outgoing, "url" | "serverName">;
type Upstream = { readonly instance: ServiceInstance; readonly inFlight: Set<AbortController>; probing: Promise<void> | undefined };

/** Milliseconds of the longest exchange, however slowly the caller sends. */
const LONGEST = 900_000;

/**
 * The instances of all services, each behind a breaker. An instance that cannot be reached, or that does not say that it is alive while a request
 * waits for it, is unhealthy at once: requests in flight fail, no request is sent to it, and it is asked until it is alive again. No caller's
 * request is used to try it.
 */
export const upstreams = (
  ports: {
    readonly directory: Directory;
    readonly connections: Connections;
    readonly clock: Clock;
    readonly metrics: GatewayMetrics;
    readonly logger?: Logger;
  },
  { slow = 250, probe = 700, reset = 1_000 }: UpstreamOptions = {},
) => {
  const { directory, connections, clock, metrics } = ports;
  const known = new Map<string, Upstream>();
  const turns = new Map<string, number>();

  const onState = (name: string, state: BreakerState): void => {
    const upstream = known.get(name);
    if (!upstream) return;
    metrics.breaker(upstream.instance, state);
    if (state === "half open") void ask(upstream).catch(() => {});
  };
  const all = breakers({ reset, onState });

  /** Asks an instance whether it is alive; its breaker closes if it is. */
  const ask = async ({ instance }: Upstream): Promise<void> => {
    const headers = { "pitrix-service": instance.service };
    const outgoing = { method: "GET", path: "/livez", headers, milliseconds: probe, alone: true };
    await all.guard(instance.instance, probe + 1_000, async (signal) =>
      discard(await exchange(connections, { ...outgoing, url: instance.url, serverName: instance.name, signal })),
    );
  };
  const markUnhealthy = (upstream: Upstream, error: unknown): void => {
    const { instance, inFlight } = upstream;
    if (known.get(instance.instance) !== upstream) return;
    ports.logger?.warn({ ...instance, reason: error instanceof Error ? error.message : String(error) }, "an instance is unhealthy");
    all.open(instance.instance);
    for (const request of inFlight) request.abort(new TransportFailed("reset", `${instance.url} is unhealthy`, { cause: error }));
  };
  const suspect = (upstream: Upstream): Promise<void> => {
    upstream.probing ??= ask(upstream)
      .catch((error: unknown) => {
        if (all.state(upstream.instance.instance) === "closed") markUnhealthy(upstream, error);
      })
      .finally(() => {
        upstream.probing = undefined;
      });
    return upstream.probing;
  };
  /** While a request waits, asks the instance from time to time whether waiting is of any use. */
  const watch = async (upstream: Upstream, over: AbortSignal): Promise<void> => {
    for (let pause = slow; ; pause = 1_000) {
      await clock.sleep(pause, over);
      if (over.aborted) return;
      await suspect(upstream);
    }
  };

  const upstreamOf = (instance: ServiceInstance): Upstream => {
    const found = known.get(instance.instance);
    if (found && found.instance.url === instance.url) return found;
    if (found) forget(found);
    const made: Upstream = { instance, inFlight: new Set(), probing: undefined };
    known.set(instance.instance, made);
    metrics.breaker(instance, "closed");
    return made;
  };
  const forget = ({ instance }: Upstream): void => {
    known.delete(instance.instance);
    all.forget(instance.instance);
    metrics.forget(instance);
  };
  const forgetAllBut = (service: string, present: readonly ServiceInstance[]): void => {
    const ids = new Set(present.map(({ instance }) => instance));
    for (const upstream of known.values())
      if (upstream.instance.service === service && !ids.has(upstream.instance.instance)) forget(upstream);
  };

  return {
    /** A healthy instance of a service; they take turns. */
    choose: (service: string, not: ReadonlySet<string>): ServiceInstance | undefined => {
      const present = directory.instancesOf(service);
      forgetAllBut(service, present);
      const healthy = present.filter(({ instance }) => !not.has(instance) && all.state(instance) === "closed");
      const turn = turns.get(service) ?? 0;
      turns.set(service, (turn + 1) % 0x7fffffff);
      return healthy[turn % Math.max(1, healthy.length)];
    },

    /** Sends a request to an instance, and says how that failed if it did. */
    send: async (instance: ServiceInstance, outgoing: Sent): Promise<Answer | TransportFailed> => {
      const upstream = upstreamOf(instance);
      const request = new AbortController();
      const over = new AbortController();
      const stop = () => request.abort(outgoing.signal.reason);
      outgoing.signal.addEventListener("abort", stop, { once: true });
      if (outgoing.signal.aborted) stop();
      upstream.inFlight.add(request);
      void watch(upstream, over.signal);
      const measured = metrics.upstream.startTimer({ upstream: instance.service });
      try {
        const answer = await all.guard(instance.instance, LONGEST, () =>
          exchange(connections, { ...outgoing, url: instance.url, serverName: instance.name, signal: request.signal }),
        );
        measured({ outcome: "answered" });
        return answer;
      } catch (error) {
        const failure = failureBehind(error, request.signal);
        measured({ outcome: failure && failure.kind !== "open" ? failure.kind : "abandoned" });
        if (!failure) throw error;
        if (failure.kind === "refused" || failure.kind === "misdirected") markUnhealthy(upstream, failure);
        else if (failure.kind === "reset") void suspect(upstream);
        return failure;
      } finally {
        over.abort("answered");
        outgoing.signal.removeEventListener("abort", stop);
        upstream.inFlight.delete(request);
      }
    },

    stop: (): void => {
      all.stop();
      connections.close();
    },
  };
};
export type Upstreams = ReturnType<typeof upstreams>;

/** Undefined: the error is a bug, or says that the exchange took too long as a whole. */
const failureBehind = (error: unknown, { aborted }: AbortSignal): TransportFailed | undefined => {
  if (error instanceof TransportFailed) return error;
  if (error instanceof BreakerOpen) return new TransportFailed("open", error.message, { cause: error });
  return aborted ? new TransportFailed("abandoned", "the request was given up", { cause: error }) : undefined;
};
