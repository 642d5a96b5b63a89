import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Ports } from "../../../events/index.ts";
import type { Instance } from "../../../events/runtime.ts";
import type { BreakerState } from "./breaker.ts";
import { dueIn, MAX_DUE } from "./metrics/due.ts";
import { lagIn } from "./metrics/lag.ts";
import { measured } from "./metrics/measured.ts";

/** The parts of a running instance that metrics read. */
export type Watched = Pick<Instance, "pendingPublications" | "runningEffects" | "subscriptions">;

const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600];
const LONG = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800];
/** The sampling interval of the event loop's lag in milliseconds. Each sample wakes an idle process. The interval is part of the value. */
const LAG = 100;

/** A breaker that lets no calls through, or one to try. */
export type OpenBreaker = { readonly name: string; readonly state: Exclude<BreakerState, "closed"> };

/** The metrics of a service, which Prometheus scrapes from `/metrics`. */
export const metrics = (service: string) => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) => new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) => new Gauge({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram({ name, help, buckets, labelNames, registers });
  /** A gauge that is measured at every scrape. Label values that the scrape does not report are dropped. */
  const measuredGauge = <L extends string>(name: string, help: string, labelNames: L[], read: (gauge: Gauge<L>) => Promise<void> | void) =>
    new Gauge({
      ...{ name, help, labelNames, registers },
      collect() {
        this.reset();
        return read(this);
      },
    });
  const breakers = gauge(
    "pitrix_breaker_state",
    "0 closed, 1 half open, 2 open. Breakers of single instances are shown while not closed.",
    "breaker",
  );
  const calls = counter("pitrix_breaker_calls_total", "Calls through breakers.", "breaker", "outcome");
  const attempts = counter("pitrix_effect_attempts_total", "Attempts of effects.", "effect", "outcome");
  const took = histogram("pitrix_effect_seconds", "How long attempts of effects took.", LONG, "effect");

  return {
    commands: counter("pitrix_commands_total", "Commands carried out for requests.", "operation", "outcome"),
    decisions: counter("pitrix_decisions_total", "Commands decided, from requests and from tables.", "command", "outcome"),
    commits: counter("pitrix_commits_total", "Commits with events."),
    events: counter("pitrix_events_total", "Events committed.", "type"),
    relayLag: histogram("pitrix_relay_lag_seconds", "From a commit to its acknowledgement by the log.", SHORT),
    latency: histogram(
      "pitrix_event_latency_seconds",
      "From an event's commit to what a subscription does about it: the documents written, or the commands decided.",
      SHORT,
      "subscription",
    ),
    parked: counter("pitrix_parked_total", "Events parked.", "subscription"),
    failures: counter("pitrix_failures_total", "Errors in the background, by where.", "where"),
    requests: histogram(
      "pitrix_http_request_seconds",
      "Requests by operation and status.",
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      "operation",
      "status",
    ),
    logDivergence: counter("pitrix_log_divergence_total", "What audits found on the log that is not what this service has committed."),
    readModelDivergence: counter(
      "pitrix_readmodel_divergence_total",
      "Documents of read models that audits found not to be what the events make.",
    ),
    spans: counter("pitrix_trace_spans_total", "Spans of traces, exported or lost.", "outcome"),
    breaker: (name: string, state: BreakerState): void => {
      const breaker = bounded(name);
      if (state === "closed" && breaker !== name) breakers.remove({ breaker: name });
      else breakers.set({ breaker: name }, state === "open" ? 2 : state === "half open" ? 1 : 0);
    },
    openBreakers: async (): Promise<readonly OpenBreaker[]> =>
      (await breakers.get()).values.flatMap(({ labels, value }) =>
        value === 0 ? [] : [{ name: String(labels.breaker), state: value === 2 ? "open" : "half open" }],
      ),
    call: (name: string, outcome: "done" | "failed" | "rejected"): void => calls.inc({ breaker: bounded(name), outcome }),
    effect: (effect: string, outcome: "done" | "failed" | "stopped" | "rejected", milliseconds: number): void => {
      attempts.inc({ effect, outcome });
      // An attempt that an open breaker rejects has no duration.
      if (outcome !== "rejected") took.observe({ effect }, milliseconds / 1_000);
    },
    /** Registers the gauges of an instance. They read the instance and query the store and the log. */
    observe: (instance: Watched, { store, log, clock }: Pick<Ports, "store" | "log" | "clock">): void => {
      const due = measured(clock, () => dueIn(store, clock));
      const lag = measured(clock, lagIn(instance.subscriptions, log, clock));
      measuredGauge("pitrix_relay_pending", "Commits of this process that are not yet on the log.", [], (gauge) =>
        gauge.set(instance.pendingPublications()),
      );
      measuredGauge("pitrix_effects_running", "Effects under way.", [], (gauge) => gauge.set(instance.runningEffects()));
      measuredGauge("pitrix_parked_streams", "Streams that are parked, by subscription.", ["subscription"], (gauge) => {
        for (const [subscription, { parked }] of instance.subscriptions()) gauge.set({ subscription }, parked.size);
      });
      measuredGauge(
        "pitrix_due_marks",
        `What is due in the service's store, counted up to ${MAX_DUE}: every instance tells the same.`,
        ["kind"],
        async (gauge) => {
          for (const { kind, marks } of (await due()) ?? []) gauge.set({ kind }, marks);
        },
      );
      measuredGauge("pitrix_due_oldest_seconds", "The age of the oldest that is counted as due.", ["kind"], async (gauge) => {
        for (const { kind, oldestSeconds } of (await due()) ?? []) gauge.set({ kind }, oldestSeconds);
      });
      measuredGauge(
        "pitrix_subscription_lag_events",
        "Records of the log, in partitions of this instance, that a subscription has not gone past.",
        ["subscription"],
        async (gauge) => {
          for (const { subscription, events } of (await lag()) ?? []) gauge.set({ subscription }, events);
        },
      );
      measuredGauge(
        "pitrix_subscription_lag_seconds",
        "For how long at most a subscription has been behind.",
        ["subscription"],
        async (gauge) => {
          for (const { subscription, seconds } of (await lag()) ?? []) gauge.set({ subscription }, seconds);
        },
      );
      measuredGauge(
        "pitrix_subscription_event_age_seconds",
        "The age of the latest event that a subscription has gone past, busy or idle.",
        ["subscription"],
        async (gauge) => {
          for (const { subscription, ageSeconds } of (await lag()) ?? [])
            if (ageSeconds !== undefined) gauge.set({ subscription }, ageSeconds);
        },
      );
    },
    /** Registers the metrics of the process. */
    process: (): void => collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG }),
    text: (): Promise<string> => registry.metrics(),
    contentType: registry.contentType,
    registry,
  };
};
export type Metrics = ReturnType<typeof metrics>;

/** Removes URLs and targets of effects from breaker names: they come and go, and the number of series must stay bounded. */
const bounded = (breaker: string): string => breaker.replace(/\bhttps?:\/\/\S+|(?<= to )\S+$/, "*");
