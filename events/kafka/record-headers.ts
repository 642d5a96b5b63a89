import { createRequire } from "node:module";

type Header = { readonly key: string; readonly value: Buffer | null };
type Value = Header["value"] | readonly Header["value"][];
type Headers = { [name: string]: Value };
type Decoder = { readVarIntArray: (this: unknown, reader: unknown) => unknown; makesHeadersOnce?: true };

/**
 * kafkajs 2.2.4 adds each header of a record to a copy of those before it, which with the 15 of an event is a quarter of the work of reading
 * it. This makes the same object, once.
 */
export const makeHeadersOnce = (): void => {
  // The class is not exported: its shape is taken from the pinned version, where nothing but a record's headers is such an array, and is reduced.
  const { prototype } = createRequire(import.meta.url)("kafkajs/src/protocol/decoder") as { readonly prototype: Decoder };
  if (prototype.makesHeadersOnce) return;
  const read = prototype.readVarIntArray;
  if (typeof read !== "function") throw new Error("This version of kafkajs has another decoder: look at record-headers.ts");
  prototype.makesHeadersOnce = true;
  prototype.readVarIntArray = function (reader) {
    const list = read.call(this, reader) as readonly Header[];
    return { reduce: () => headersOf(list) };
  };
};

const headersOf = (list: readonly Header[]): Headers => {
  const headers: Headers = {};
  for (const { key, value } of list) {
    if (headers[key] === undefined) headers[key] = value;
    else add(headers, key, value);
  }
  return headers;
};

/** A name that comes again, or one that every object has, like `__proto__`. */
const add = (headers: Headers, key: string, value: Header["value"]): void => {
  const all = Object.hasOwn(headers, key) ? [headers[key], value].flat() : value;
  Object.defineProperty(headers, key, { value: all, enumerable: true, configurable: true, writable: true });
};
