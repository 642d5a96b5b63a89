import type { Config } from "./config.ts";
import type { Logger } from "./logging.ts";
import type { Metrics } from "./metrics.ts";
import type { Tracing } from "./tracing/open-telemetry.ts";

export type Traced = { readonly service: string; readonly instance: string };

/** Traces by OpenTelemetry if the settings name a collector. Otherwise OpenTelemetry is not loaded. */
export const tracing = async (
  { traces, telemetry, tracedAs, sampler, samplerRatio }: Pick<Config, "traces" | "telemetry" | "tracedAs" | "sampler" | "samplerRatio">,
  { service, instance }: Traced,
  spans: Metrics["spans"],
  logger: Logger,
): Promise<Tracing | undefined> => {
  const url = traces || (telemetry && `${telemetry.replace(/\/+$/, "")}/v1/traces`);
  if (!url) return undefined;
  const { openTelemetry } = await import("./tracing/open-telemetry.ts");
  return openTelemetry({ url, service: tracedAs || service, instance, sampler, ratio: samplerRatio }, spans, logger);
};
