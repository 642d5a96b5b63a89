import avro from "avsc";
import { contestant } from "../../harness/contestant.ts";
import { headersOf, type Input, newest, timed, typeIn, versionIn } from "./events.ts";

const scratch = Buffer.allocUnsafe(1 << 16);
const byType = new Map<string, { readonly id: number; readonly type: avro.Type }>();
const byId = new Map<number, avro.Type>();
for (const [event, { id, schema }] of newest) {
  const type = avro.Type.forSchema(schema as avro.Schema); // Generated from Avro schemas.
  byType.set(event, { id, type });
  byId.set(id, type);
}

/** avsc alone: straight into a frame, and out of it again; nothing is checked. */
await contestant(async ({ operations }: Input) => {
  const { warm, work, check } = timed(operations, (lived) => {
    const { id = 0, type } = byType.get(lived.event.type) ?? {};
    const length = type?.encode(lived.event, scratch, 5) ?? 0;
    const value = Buffer.allocUnsafe(length);
    scratch.copy(value, 0, 0, length);
    value[0] = 0;
    value.writeUInt32BE(id, 1);
    const headers = headersOf(lived, id);
    const fields: unknown = byId.get(value.readUInt32BE(1))?.decode(value, 5).value;
    return { type: typeIn(headers), version: versionIn(headers), fields };
  });
  await warm();
  return { work, check };
});
