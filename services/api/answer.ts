import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { towardsCaller } from "./headers.ts";

/** What a service answered: small answers whole, of larger ones the beginning. */
export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly start: Uint8Array;
  /** What follows; undefined: the answer is whole. */
  readonly rest: IncomingMessage | undefined;
};

/** As much is read before anything is passed on: up to here an answer that breaks off can be had again. */
const START = 256 * 1024;
/** No answer is larger. */
const MOST = 256 * 1024 * 1024;

/** Reads an answer as far as its start goes. Fails when it breaks off before, or is larger than any may be. */
export const collect = (incoming: IncomingMessage): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { statusCode: status = 502, headers } = incoming;
    const chunks: Uint8Array[] = [];
    let size = 0;
    const length = Number(headers["content-length"] ?? 0);
    if (length > MOST) return reject(new Error(`an answer of ${length} bytes`));
    // Events are passed on as they come.
    if (/^text\/event-stream\b/.test(headers["content-type"] ?? "")) {
      incoming.on("error", () => {}); // Whoever reads on hears of it.
      return resolve({ status, headers, start: Buffer.of(), rest: incoming });
    }
    const done = (rest: IncomingMessage | undefined) => {
      incoming.off("data", data).off("end", end).off("close", close);
      resolve({ status, headers, start: Buffer.concat(chunks), rest });
    };
    const data = (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size <= START || incoming.readableEnded) return;
      incoming.pause();
      done(incoming);
    };
    const end = () => (incoming.complete ? done(undefined) : close());
    const close = () => reject(new Error("the answer broke off"));
    incoming.on("error", close).on("data", data).on("end", end).on("close", close);
  });

/** Passes an answer on. If it breaks off, so does what the caller gets: never does half an answer look like a whole one. */
export const pass = async ({ status, headers, start, rest }: Answer, response: ServerResponse): Promise<void> => {
  response.writeHead(status, towardsCaller(headers));
  if (!rest) return void response.end(start);
  response.flushHeaders();
  if (start.byteLength > 0) response.write(start);
  let left = MOST - start.byteLength;
  const bound = new Transform({
    transform: (chunk: Uint8Array, _encoding, next) => {
      left -= chunk.byteLength;
      if (left < 0) next(new Error(`an answer of more than ${MOST} bytes`));
      else next(null, chunk);
    },
  });
  await pipeline(rest, bound, response);
};

/** Gives up what has not been read of an answer. */
export const discard = ({ rest }: Answer): void => void rest?.destroy();

/** All of an answer. Fails when it breaks off or is larger than allowed. */
export const wholeOf = async ({ start, rest }: Answer, most: number): Promise<Uint8Array> => {
  const chunks = [start];
  let size = start.byteLength;
  for await (const chunk of rest ?? []) {
    size += chunk.byteLength;
    if (size > most) throw new Error(`an answer of more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
