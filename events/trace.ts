/** The name, kind and attributes of a new span. */
export type SpanStart = {
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer";
  readonly attributes: Attributes;
};
export type Attributes = { readonly [name: string]: string | number | boolean };

export type Span = {
  /** The W3C traceparent of the span, to be the parent of further spans. */
  readonly traceparent: string;
  readonly add: (attributes: Attributes) => void;
  /** Ends the span; without an error it succeeded. */
  readonly end: (error?: unknown) => void;
};

/** Starts a span under the parent's traceparent; null starts a new trace. */
export type Tracer = (start: SpanStart, parent: string | null) => Span;

/**
 * Runs a function within a span, which fails with an error that the function throws or returns. Without a tracer the function gets the parent,
 * so that a caller's trace continues.
 */
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
    span.end(result instanceof Error ? result : undefined);
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
};
