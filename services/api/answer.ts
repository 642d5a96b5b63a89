import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { beginsStreaming } from "../chassis/http/streaming.ts";
import { towardsCaller } from "./headers.ts";

/** What a service answered: a small answer whole, of a larger one the beginning. */
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly start: Uint8Array;
  /** What follows; undefined: the answer is whole. */
  readonly rest: IncomingMessage | undefined;
};

/** Bytes of the largest answer. */
export const MAX_ANSWER = 256 * 1024 * 1024;

/**
 * Passes an answer on. If it breaks off, so does what the caller gets: half an answer never looks like a whole one. A caller that leaves before
 * the end is no failure.
 */
export const pass = async ({ status, headers, start, rest }: Answer, response: ServerResponse): Promise<void> => {
  response.writeHead(status, towardsCaller(headers));
  if (!rest) return void response.end(start);
  response.flushHeaders();
  if (start.byteLength > 0) response.write(start);
  if (isStream(headers)) beginsStreaming(response);
  let left = MAX_ANSWER - start.byteLength;
  const bounded = new Transform({
    transform: (chunk: Uint8Array, _encoding, next) => {
      left -= chunk.byteLength;
      if (left < 0 && !isStream(headers)) next(new Error(`the answer has more than ${MAX_ANSWER} bytes`));
      else next(null, chunk);
    },
  });
  await pipeline(rest, bounded, response).catch((error: unknown) => {
    if (Reflect.get(Object(error), "code") !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
};

/** Whether an answer consists of server-sent events, which are passed on as they come, for as long as the caller likes. */
export const isStream = (headers: IncomingHttpHeaders): boolean => /^text\/event-stream\b/.test(headers["content-type"] ?? "");

/** Gives up what has not been read of an answer. */
export const discard = ({ rest }: Answer): void => void rest?.destroy();

/** All of an answer. Fails when it breaks off or is larger than allowed. */
export const wholeOf = async ({ start, rest }: Answer, maxBytes: number): Promise<Uint8Array> => {
  const chunks = [start];
  let size = start.byteLength;
  for await (const chunk of rest ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
