import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A span as a collector got it. */
export type Received = {
  readonly service: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer" | undefined;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: { readonly [name: string]: string | number | boolean };
  readonly failed: boolean;
};

const kinds = [undefined, "internal", "server", "client", "producer", "consumer"] as const;

// biome-ignore lint/suspicious/noExplicitAny: OTLP in JSON, looked into field by field.
type Json = any;
const attributesIn = (list: Json): Received["attributes"] =>
  Object.fromEntries(
    (list ?? []).map(({ key, value }: Json) => [key, value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue)]),
  );

const spansIn = ({ resourceSpans }: Json): readonly Received[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }: Json) =>
    scopeSpans.flatMap(({ spans }: Json) =>
      spans.map(
        ({ name, kind, traceId, spanId, parentSpanId, attributes, status }: Json): Received => ({
          service: String(attributesIn(resource.attributes)["service.name"]),
          ...{ name, kind: kinds[kind], traceId, spanId, parentSpanId: parentSpanId ?? "", attributes: attributesIn(attributes) },
          failed: status?.code === 2,
        }),
      ),
    ),
  );

/** Takes traces by OTLP over HTTP, as far as a test needs it. `mute`: it takes connections and never answers. */
export const collector = async ({ mute = false } = {}) => {
  const spans: Received[] = [];
  const server = createServer(async (request, response) => {
    if (mute) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.method === "POST" && request.url === "/v1/traces" && request.headers["content-type"] === "application/json")
      spans.push(...spansIn(JSON.parse(Buffer.concat(chunks).toString())));
    else response.statusCode = 400;
    response.setHeader("content-type", "application/json").end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // A TCP server's address is one.
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    stop: async (): Promise<void> => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
};
