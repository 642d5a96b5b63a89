import { createRequire } from "node:module";
import { replaceModule } from "./replace-module.ts";

type Text = Buffer | string;
type Outgoing = {
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
  readonly key?: Text | null;
  readonly value?: Text | null;
  readonly headers?: { readonly [name: string]: Text | readonly Text[] };
};
type Encoder = {
  readonly buffer: Buffer;
  readonly writeInt8: (value: number) => Encoder;
  readonly writeVarInt: (value: number) => Encoder;
  readonly writeVarLong: (value: number) => Encoder;
  readonly writeVarIntString: (value: string) => Encoder;
  readonly writeVarIntBytes: (value: Text | null | undefined) => Encoder;
};
type Encoders = {
  new (size: number): Encoder;
  readonly sizeOfVarInt: (value: number) => number;
  readonly sizeOfVarLong: (value: number) => number;
  readonly sizeOfVarIntBytes: (value: Text | null | undefined) => number;
};

// kafkajs does not export it; its shape is that of the pinned version.
const Encoder = createRequire(import.meta.url)("kafkajs/src/protocol/encoder") as Encoders;

/**
 * kafkajs 2.2.4 writes each header of a record into a separate buffer of 512 bytes and then copies it: 8 KB of buffers for one event. This
 * encoder writes the same bytes into one buffer for each record. Call it before the first publication.
 */
export const writeRecordsAtOnce = (): void => replaceModule("protocol/recordBatch/record/v0", encodeRecord);

/** Record v2 of Kafka's log format: `Length Attributes TimestampDelta OffsetDelta Key Value [Header]`, sizes and deltas as variable-length integers. */
export const encodeRecord = ({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }: Outgoing): Encoder => {
  const list = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((each) => [name, each] as const));
  let size = 1 + Encoder.sizeOfVarLong(timestampDelta) + Encoder.sizeOfVarInt(offsetDelta);
  size += Encoder.sizeOfVarIntBytes(key) + Encoder.sizeOfVarIntBytes(value) + Encoder.sizeOfVarInt(list.length);
  for (const [name, each] of list) size += Encoder.sizeOfVarIntBytes(name) + Encoder.sizeOfVarIntBytes(each);
  const encoder = new Encoder(size + Encoder.sizeOfVarInt(size))
    .writeVarInt(size)
    .writeInt8(0)
    .writeVarLong(timestampDelta)
    .writeVarInt(offsetDelta)
    .writeVarIntBytes(key)
    .writeVarIntBytes(value)
    .writeVarInt(list.length);
  for (const [name, each] of list) encoder.writeVarIntString(name).writeVarIntBytes(each);
  return encoder;
};
