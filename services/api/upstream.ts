import type { Clock } from "../../events/index.ts";
import { type BreakerState, breakers } from "../chassis/process/breaker.ts";
import type { Directory, ServiceInstance } from "../chassis/process/discovery.ts";
import type { Logger } from "../chassis/process/logging.ts";
import { type Answer, discard } from "./answer.ts";
import { type Connections, ExchangeFailed, exchange, type Outgoing } from "./exchange.ts";
import type { GatewayMetrics } from "./metrics.ts";

export type UpstreamOptions = {
  /** Milliseconds without an answer after which an instance is asked whether it lives, and those it has for saying so. */
  readonly slow?: number;
  readonly probe?: number;
  /** Milliseconds after which a dead one is asked again. */
  readonly reset?: number;
};
type Sent = Omit<Outgoing, "url" | "serverName">;
type Upstream = { readonly instance: ServiceInstance; readonly flights: Set<AbortController>; asking: Promise<void> | undefined };

/** No exchange takes longer, however slow the caller sends. */
const WHOLE = 900_000;

/**
 * The instances of every service, each behind a breaker. One that cannot be reached, or does not say that it lives while somebody waits for it,
 * is dead at once: who waits is told, nobody is sent to it, and it is asked again until it lives. No caller's request is used to try it.
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
  const broken = breakers({ reset, onState });

  /** Through the breaker, which it closes if the instance lives. */
  const ask = async ({ instance }: Upstream): Promise<void> => {
    const headers = { "pitrix-service": instance.service };
    await broken.guard(instance.instance, probe + 1_000, async (signal) =>
      discard(
        await exchange(connections, {
          url: instance.url,
          serverName: instance.name,
          method: "GET",
          path: "/livez",
          headers,
          milliseconds: probe,
          alone: true,
          signal,
        }),
      ),
    );
  };
  const declareDead = (upstream: Upstream, error: unknown): void => {
    if (known.get(upstream.instance.instance) !== upstream) return;
    ports.logger?.warn(
      { ...upstream.instance, reason: error instanceof Error ? error.message : String(error) },
      "an instance counts as dead",
    );
    broken.open(upstream.instance.instance);
    for (const flight of upstream.flights) flight.abort(new ExchangeFailed("reset", `${upstream.instance.url} is dead`, { cause: error }));
  };
  const suspect = (upstream: Upstream): Promise<void> => {
    upstream.asking ??= ask(upstream)
      .catch((error: unknown) => {
        if (broken.state(upstream.instance.instance) === "closed") declareDead(upstream, error);
      })
      .finally(() => {
        upstream.asking = undefined;
      });
    return upstream.asking;
  };
  /** Somebody waits: from time to time the instance is asked whether there is any use in that. */
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
    const made: Upstream = { instance, flights: new Set(), asking: undefined };
    known.set(instance.instance, made);
    metrics.breaker(instance, "closed");
    return made;
  };
  const forget = ({ instance }: Upstream): void => {
    known.delete(instance.instance);
    broken.forget(instance.instance);
    metrics.forget(instance);
  };
  const forgetAllBut = (service: string, present: readonly ServiceInstance[]): void => {
    const ids = new Set(present.map(({ instance }) => instance));
    for (const upstream of known.values())
      if (upstream.instance.service === service && !ids.has(upstream.instance.instance)) forget(upstream);
  };

  return {
    /** The live instances of a service take turns. */
    choose: (service: string, not: ReadonlySet<string>): ServiceInstance | undefined => {
      const all = directory.instancesOf(service);
      forgetAllBut(service, all);
      const live = all.filter(({ instance }) => !not.has(instance) && broken.state(instance) === "closed");
      const turn = turns.get(service) ?? 0;
      turns.set(service, (turn + 1) % 0x7fffffff);
      return live[turn % Math.max(1, live.length)];
    },

    send: async (instance: ServiceInstance, outgoing: Sent): Promise<Answer> => {
      const upstream = upstreamOf(instance);
      const flight = new AbortController();
      const over = new AbortController();
      const stop = () => flight.abort(outgoing.signal.reason);
      outgoing.signal.addEventListener("abort", stop, { once: true });
      if (outgoing.signal.aborted) stop();
      upstream.flights.add(flight);
      void watch(upstream, over.signal);
      const measured = metrics.upstream.startTimer({ upstream: instance.service });
      try {
        const answer = await broken.guard(instance.instance, WHOLE, () =>
          exchange(connections, { ...outgoing, url: instance.url, serverName: instance.name, signal: flight.signal }),
        );
        measured({ outcome: "answered" });
        return answer;
      } catch (error) {
        const kind = error instanceof ExchangeFailed ? error.kind : "abandoned";
        measured({ outcome: kind });
        if (kind === "refused" || kind === "misdirected") declareDead(upstream, error);
        else if (kind === "reset") void suspect(upstream);
        throw error;
      } finally {
        over.abort("answered");
        outgoing.signal.removeEventListener("abort", stop);
        upstream.flights.delete(flight);
      }
    },

    stop: (): void => {
      broken.stop();
      connections.close();
    },
  };
};
export type Upstreams = ReturnType<typeof upstreams>;
