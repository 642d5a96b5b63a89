/** Messages of server-sent events as they are sent, each with data of one type. Made once, they can be sent to many callers. */
export class Frames<T> {
  declare readonly of: T;
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

const line = (name: string, value: string | undefined): string => (value === undefined ? "" : `${name}: ${value}\n`);
const message = (id: string | undefined, event: string | undefined, json: string | undefined): Uint8Array =>
  Buffer.from(`${line("id", id)}${line("event", event)}${line("data", json)}\n`);

/** A message of the stream's own kind. The caller names the id as `Last-Event-ID` if this is the last message that it has received. */
export const frame = <T>(data: T, id?: string): Frames<T> => new Frames(message(id, undefined, JSON.stringify(data)));
/** The same of data that are JSON already. */
export const frameOfJson = <T>(json: string, id?: string): Frames<T> => new Frames(message(id, undefined, json));
/** A message of another kind. */
export const notice = (event: string, data: object, id?: string): Frames<never> => new Frames(message(id, event, JSON.stringify(data)));
/** A message without data, which only says how far the stream is. */
export const progress = (id: string): Frames<never> => new Frames(message(id, undefined, undefined));
export const framesOf = <T>(frames: readonly Frames<T>[]): Frames<T> => new Frames(Buffer.concat(frames.map(({ bytes }) => bytes)));

/** What a row streams: its messages, and how far the stream is while there are none. */
export type Source<T> = AsyncIterable<T | Frames<T>> & { readonly id?: () => string };

/** What the caller may see as it is now; undefined: nothing any more, and the stream ends. */
export type Rights = () => Promise<{ readonly sees: (row: { readonly [field: string]: unknown }) => boolean } | undefined>;
