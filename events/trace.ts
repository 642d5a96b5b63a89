/** A stretch of work done on somebody's behalf, as a trace shows it. */
export type SpanStart = {
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly attributes: Attributes;
};
export type Attributes = { readonly [name: string]: string | number | boolean };

export type Span = {
  /** W3C Trace Context: what is done because of it names this as its parent. */
  readonly traceparent: string;
  readonly add: (attributes: Attributes) => void;
  /** Without an error it went well. */
  readonly end: (error?: unknown) => void;
};

/** Begins a span below its parent's traceparent; null: it begins a trace. */
export type Tracer = (start: SpanStart, parent: string | null) => Span;

/** Runs within a span. Without a tracer there is none, and the parent is handed on: a caller's trace goes through all the same. */
export const traced = async <T>(
  tracer: Tracer | undefined,
  parent: string | null,
  start: () => SpanStart,
  run: (traceparent: string | null, span?: Span) => Promise<T>,
): Promise<T> => {
  if (!tracer) return run(parent);
  const span = tracer(start(), parent);
  try {
    const result = await run(span.traceparent, span);
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
};
