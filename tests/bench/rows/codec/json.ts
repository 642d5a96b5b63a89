import { contestant } from "../../harness/contestant.ts";
import { headersOf, type Input, timed, typeIn, versionIn } from "./events.ts";

/** JSON, without a schema: what an event would cost without Avro. */
await contestant(async ({ operations }: Input) => {
  const { warm, work, check } = timed(operations, (lived) => {
    const { type: _, ...written } = lived.event;
    const value = Buffer.from(JSON.stringify(written));
    const headers = headersOf(lived, 0);
    const fields: unknown = JSON.parse(value.toString());
    return { type: typeIn(headers), version: versionIn(headers), fields };
  });
  await warm();
  return { work, check };
});
