import type { Tracer } from "../../../events/trace.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./logging.ts";
import type { Metrics } from "./metrics.ts";

/** The tracer of a service, and the end of it: what it holds is exported, or given up after a second or two. */
export type Tracing = { readonly tracer: Tracer; readonly flush: () => Promise<void>; readonly stop: () => Promise<void> };
export type Traced = { readonly service: string; readonly instance: string };

/** Traces by OpenTelemetry, if a collector is named; else nothing of it is even loaded. */
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
