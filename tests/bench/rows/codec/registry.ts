import { createServer } from "node:http";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";
import { contestant } from "../../harness/contestant.ts";
import { headersOf, type Input, newest, timed, typeIn, versionIn } from "./events.ts";

const ids = new Map(
  [...newest.values()].map(({ id, schema }) => [`/schemas/ids/${id}`, JSON.stringify({ schema: JSON.stringify(schema) })]),
);

/** A schema registry as far as its client asks it: a schema by its id. */
const startRegistry = async () => {
  const server = createServer((request, response) => {
    const found = ids.get(request.url ?? "");
    response.writeHead(found ? 200 : 404, { "content-type": "application/vnd.schemaregistry.v1+json" }).end(found ?? "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the registry has no port");
  return { host: `http://127.0.0.1:${address.port}`, close: () => server.close() };
};

/** The usual client of kafkajs: every schema is asked for once, then comes from its cache. */
await contestant(async ({ operations }: Input) => {
  const { host, close } = await startRegistry();
  const registry = new SchemaRegistry({ host });
  const { warm, work, check } = timed(operations, async (lived) => {
    const id = newest.get(lived.event.type)?.id ?? 0;
    const value = await registry.encode(id, lived.event);
    const headers = headersOf(lived, id);
    const fields: unknown = await registry.decode(value);
    return { type: typeIn(headers), version: versionIn(headers), fields };
  });
  await warm();
  return { work, check, close: async () => void close() };
});
