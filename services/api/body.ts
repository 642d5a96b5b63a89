import type { IncomingMessage } from "node:http";
import { Refused, refusals } from "../chassis/http/errors.ts";

/** The body of a request on its way through. */
export type Body = {
  /** From its first byte; again from there as long as it is `repeatable`. Throws Refused once it is larger than allowed. */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
  readonly repeatable: () => boolean;
};

/** What is kept of a body so that it can be sent again. */
const KEPT = 1024 * 1024;

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;

/** Reads a body as fast as the service takes it; of small ones it keeps what was read. */
export const bodyOf = (request: IncomingMessage, most: number): Body => {
  if (Number(request.headers["content-length"] ?? 0) > most) throw tooLarge(most);
  const source: AsyncIterator<Uint8Array> = request.iterator({ destroyOnReturn: false });
  let kept: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  let forgotten = false;
  let reading: Promise<Uint8Array | undefined> | undefined;

  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await source.next();
    ended = done === true;
    if (ended) return undefined;
    size += value.byteLength;
    if (size > most) throw tooLarge(most);
    if (size > KEPT) forgotten = true;
    kept = forgotten ? [] : [...kept, value];
    return value;
  };
  // A sender that was given up may still wait for the chunk that the next one wants.
  const read = (): Promise<Uint8Array | undefined> => {
    reading ??= next().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    repeatable: () => !forgotten,
    chunks: async function* () {
      for (let index = 0; ; index++) {
        const before = forgotten ? undefined : kept[index];
        if (before === undefined && ended) return;
        const chunk = before ?? (await read());
        if (chunk === undefined) return;
        yield chunk;
      }
    },
  };
};

const tooLarge = (most: number): Refused => new Refused(refusals.tooLarge(`${most} bytes`));

/** What a caller may still send after an answer that did not wait for it. */
const LINGER = 5_000;

/** Reads on for a while, so that a caller who is still sending gets the answer and not a broken connection. */
export const linger = (request: IncomingMessage): void => {
  if (request.complete) return;
  const enough = setTimeout(() => request.destroy(), LINGER).unref();
  request.once("close", () => clearTimeout(enough));
  request.removeAllListeners("readable");
  request.resume();
};
