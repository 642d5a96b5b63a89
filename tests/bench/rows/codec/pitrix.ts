import { codec as makeCodec } from "../../../../events/codec/codec.ts";
import { recordsOf } from "../../../../events/log/record.ts";
import { decode } from "../../../../events/subscription/delivered.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import { commitOf, metadataOf } from "../../harness/commits.ts";
import { contestant } from "../../harness/contestant.ts";
import { events, type Input, timed } from "./events.ts";

const codec = makeCodec(schemas);
const metadata = events.map(metadataOf);

/** The way of the platform: validated and encoded for the commit, framed for the log, and read as a subscription reads it. */
await contestant(async ({ operations }: Input) => {
  const { warm, work, check } = timed(operations, (lived, at) => {
    const [record] = recordsOf(contract, "cluster", commitOf(lived, codec, metadata[at]));
    if (!record) throw new Error("a commit without a record");
    // In this order, since V8 takes microseconds to add fields to an object that it has spread.
    const delivered = decode({ partition: 0, offset: 0, ...record }, codec);
    if (delivered instanceof Error) throw delivered;
    return { type: delivered.event.type, version: delivered.meta.version, fields: delivered.event };
  });
  await warm();
  return { work, check };
});
