import { Gauge, type Registry } from "prom-client";
import type { Logger } from "../../chassis/process/logging.ts";
import type { KubernetesOutside } from "./ports.ts";

/** Says what is watched: as a metric, and in the log and the status while there is more than an instance watches. */
export const watchReport = (registry: Registry, logger: Pick<Logger, "warn" | "info">) => {
  const gauge = new Gauge({
    name: "pitrix_kubernetes_releases",
    help: "Releases that run: watched by this instance, or looked at by it in turns, since no instance watches them.",
    labelNames: ["how"],
    registers: [registry],
  });
  let [watched, inTurns] = [0, 0];
  const watches: KubernetesOutside["watches"] = (now) => {
    if (inTurns === 0 && now.inTurns > 0) logger.warn(now, "more releases run than the instances watch: the others are looked at in turns");
    if (inTurns > 0 && now.inTurns === 0) logger.info(now, "all releases that run are watched");
    ({ watched, inTurns } = now);
    gauge.set({ how: "watched" }, watched);
    gauge.set({ how: "in turns" }, inTurns);
  };
  const warnings = (): readonly string[] =>
    inTurns === 0 ? [] : [`${inTurns} releases are looked at in turns only, beside ${watched} that are watched: start another instance`];
  return { watches, warnings };
};
