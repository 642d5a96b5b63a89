import { replaceModule } from "./replace-module.ts";

type Value = Buffer | null | readonly (Buffer | null)[];
type Headers = { [name: string]: Value };
/** The data that all records of a batch share, as kafkajs reads it. */
type Context = {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp?: string;
  readonly timestampType?: number;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
};

const LOG_APPEND_TIME = 1;

/**
 * For each header of a record, kafkajs 2.2.4 creates a string, a buffer and a copy of all headers before it. That is most of the work of reading
 * an event, and most of the garbage. This decoder keeps the bytes and reads a header only on access. Call it before the first read.
 */
export const readRecordsLazily = (): void => replaceModule("protocol/recordBatch/record/v0/decoder", decodeRecord);

export const decodeRecord = ({ buffer }: { readonly buffer: Buffer }, context: Context): LazyRecord => new LazyRecord(buffer, context);

/** The read position. Shared by all records, since reading is synchronous and handles one record at a time. */
let at = 0;

const cutOff = (): RangeError => new RangeError("a record of the log is shorter than it says");

/** Reads a variable-length integer in zigzag encoding. */
const varInt = (buffer: Buffer): number => {
  let value = 0;
  let factor = 1;
  for (;;) {
    const byte = buffer[at++];
    if (byte === undefined) throw cutOff();
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    factor *= 128;
  }
};

/** Reads length-prefixed bytes; null for a negative length. */
const bytes = (buffer: Buffer): Buffer | null => {
  const length = varInt(buffer);
  if (length < 0) return null;
  at += length;
  if (at > buffer.length) throw cutOff();
  return buffer.subarray(at - length, at);
};

const names = new Map<string, Buffer>();
const nameOf = (name: string): Buffer => {
  const known = names.get(name) ?? Buffer.from(name);
  names.set(name, known);
  return known;
};

/** Whether the bytes at the read position equal this name. Compares backwards, since most names begin with the same characters. */
const matches = (buffer: Buffer, name: Buffer): boolean => {
  for (let index = name.length - 1; index >= 0; index--) if (buffer[at + index] !== name[index]) return false;
  return true;
};

/** Record v2 of Kafka's log format: `Attributes TimestampDelta OffsetDelta Key Value [Header]`, with the fields that kafkajs and its users read. */
export class LazyRecord {
  readonly attributes: number;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly batchContext: Context;
  readonly #buffer: Buffer;
  readonly #timestampDelta: number;
  readonly #headersAt: number;
  #headers: Headers | undefined;

  constructor(buffer: Buffer, context: Context) {
    this.batchContext = context;
    this.#buffer = buffer;
    this.attributes = buffer.readInt8(0);
    at = 1;
    this.#timestampDelta = varInt(buffer);
    this.offset = String(Number(context.firstOffset) + varInt(buffer));
    this.key = bytes(buffer);
    this.value = bytes(buffer);
    this.#headersAt = at;
  }

  get timestamp(): string {
    const { timestampType, maxTimestamp, firstTimestamp } = this.batchContext;
    return timestampType === LOG_APPEND_TIME && maxTimestamp ? maxTimestamp : String(Number(firstTimestamp) + this.#timestampDelta);
  }
  get magicByte(): number | undefined {
    return this.batchContext.magicByte;
  }
  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch ?? false;
  }

  /** The last value of a header as text; undefined if the header is missing. */
  header(name: string): string | undefined {
    const buffer = this.#buffer;
    const wanted = nameOf(name);
    let found: string | undefined;
    at = this.#headersAt;
    for (let left = varInt(buffer); left > 0; left--) {
      const length = varInt(buffer);
      if (length < 0) throw new RangeError("a header of the log has no name");
      const isWanted = length === wanted.length && matches(buffer, wanted);
      at += length;
      const size = Math.max(0, varInt(buffer));
      at += size;
      if (at > buffer.length) throw cutOff();
      if (isWanted) found = buffer.toString("utf8", at - size, at);
    }
    return found;
  }

  /** All headers in the format of kafkajs: a repeated name has a list of values. */
  get headers(): Headers {
    this.#headers ??= this.#read();
    return this.#headers;
  }
  #read(): Headers {
    const headers: Headers = {};
    at = this.#headersAt;
    for (let left = varInt(this.#buffer); left > 0; left--) {
      const name = String(bytes(this.#buffer));
      const value = bytes(this.#buffer);
      const all = Object.hasOwn(headers, name) ? [headers[name] ?? null, value].flat() : value;
      // `defineProperty` also works for special names such as `__proto__`.
      Object.defineProperty(headers, name, { value: all, enumerable: true, configurable: true, writable: true });
    }
    return headers;
  }
}
