import { ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ExportResultCode, parseTraceParent } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Tracer } from "../../../../events/index.ts";
import type { Logger } from "../logging.ts";
import type { Metrics } from "../metrics.ts";
import { type Sampling, samplerOf } from "./sampler.ts";

/** The tracer of a service. `flush` and `stop` export the queued spans, or give up after a second or two. */
export type Tracing = { readonly tracer: Tracer; readonly flush: () => Promise<void>; readonly stop: () => Promise<void> };

export type OpenTelemetryOptions = Sampling & {
  readonly url: string;
  readonly service: string;
  readonly instance: string;
};

/** The maximum number of queued spans. Further spans are lost while the collector is down: a service never waits for it. */
const QUEUE = 2_048;
const BATCH = 512;
const EVERY = 1_000;
/** The timeout of an export in milliseconds, and so the maximum delay of a service's shutdown. */
const TIMEOUT = 1_500;

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** Traces by the OpenTelemetry SDK, exported by OTLP over HTTP in JSON. Nothing is registered globally: each service has its own tracer. */
export const openTelemetry = (
  { url, service, instance, ...sampling }: OpenTelemetryOptions,
  spans: Metrics["spans"],
  logger: Logger,
): Tracing => {
  const exporter = counted(new OTLPTraceExporter({ url, timeoutMillis: TIMEOUT }), spans, logger, url);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.namespace": "pitrix", "service.name": service, "service.instance.id": instance }),
    sampler: samplerOf(sampling),
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        ...{ maxQueueSize: QUEUE, maxExportBatchSize: BATCH },
        ...{ scheduledDelayMillis: EVERY, exportTimeoutMillis: TIMEOUT + 500 },
      }),
    ],
  });
  const telemetry = provider.getTracer("pitrix");

  const tracer: Tracer = ({ name, kind, attributes }, parent) => {
    const above = parent === null ? null : parseTraceParent(parent);
    const context = above ? trace.setSpanContext(ROOT_CONTEXT, { ...above, isRemote: true }) : ROOT_CONTEXT;
    const span = telemetry.startSpan(name, { kind: kinds[kind], attributes }, context);
    return {
      traceparent: traceparentOf(span.spanContext()),
      add: (more) => void span.setAttributes(more),
      end: (error) => {
        if (error !== undefined) {
          const message = error instanceof Error ? error.message : String(error);
          span.setStatus({ code: SpanStatusCode.ERROR, message }).setAttribute("error.type", error instanceof Error ? error.name : "error");
        }
        span.end();
      },
    };
  };
  // Failed exports are counted and logged by the exporter.
  return { tracer, flush: () => provider.forceFlush().catch(() => {}), stop: () => provider.shutdown().catch(() => {}) };
};

const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;

/** Counts exported and lost spans. Logs once when the collector stops answering and once when it answers again. */
const counted = (exporter: OTLPTraceExporter, spans: Metrics["spans"], logger: Logger, url: string): SpanExporter => {
  let lost = false;
  return {
    export: (batch, done) =>
      exporter.export(batch, (result) => {
        const fails = result.code !== ExportResultCode.SUCCESS;
        spans.inc({ outcome: fails ? "lost" : "exported" }, batch.length);
        if (fails && !lost) logger.warn({ url, error: result.error }, "the collector does not accept traces; they are lost");
        if (!fails && lost) logger.info({ url }, "the collector accepts traces again");
        lost = fails;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
};
