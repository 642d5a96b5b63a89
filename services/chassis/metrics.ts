import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Instance } from "../../events/run.ts";

/** What a service counts and measures; Prometheus reads it from `/metrics`. */
export const metrics = (service: string) => {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) => new Counter({ name, help, labelNames, registers });
  const breakers = new Gauge({
    name: "pitrix_breaker_state",
    help: "0 closed, 1 half open, 2 open.",
    labelNames: ["breaker"],
    registers,
  });
  const effects = counter("pitrix_effect_attempts_total", "Attempts of effects.", "effect", "outcome");
  return {
    commands: counter("pitrix_commands_total", "Commands carried out for requests.", "operation", "outcome"),
    commits: counter("pitrix_commits_total", "Commits with events."),
    events: counter("pitrix_events_total", "Events committed.", "type"),
    parked: counter("pitrix_parked_total", "Events parked.", "subscription"),
    failures: counter("pitrix_failures_total", "Errors in the background, by where.", "where"),
    requests: new Histogram({
      name: "pitrix_http_request_seconds",
      help: "Requests by operation and status.",
      labelNames: ["operation", "status"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    breaker: (name: string, state: "closed" | "half open" | "open"): void =>
      breakers.set({ breaker: name }, state === "open" ? 2 : state === "half open" ? 1 : 0),
    effect: (effect: string, outcome: "done" | "failed" | "rejected"): void => effects.inc({ effect, outcome }),
    /** Measured when asked for. */
    observe: (instance: Pick<Instance, "pendingPublications" | "runningEffects" | "subscriptions">): void => {
      const gauge = (name: string, help: string, read: () => number) =>
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      gauge("pitrix_relay_pending", "Commits of this process that are not yet on the log.", instance.pendingPublications);
      gauge("pitrix_effects_running", "Effects under way.", instance.runningEffects);
      new Gauge({
        name: "pitrix_parked_streams",
        help: "Streams that are parked, by subscription.",
        labelNames: ["subscription"],
        registers,
        collect() {
          for (const [subscription, { parked }] of instance.subscriptions()) this.set({ subscription }, parked.size);
        },
      });
    },
    /** Figures of the process beside those of the service. */
    process: (): void => collectDefaultMetrics({ register: registry }),
    text: (): Promise<string> => registry.metrics(),
    contentType: registry.contentType,
    registry,
  };
};
export type Metrics = ReturnType<typeof metrics>;
