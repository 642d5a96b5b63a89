import type { IncomingMessage } from "node:http";
import { makeProblem, type Problem } from "../chassis/http/problems.ts";

/** The body of a request on its way through. */
export type Body = {
  /** From its first byte; again from there as long as it is `repeatable`. Fails once the body is larger than allowed: `problem` says so. */
  readonly chunks: () => AsyncGenerator<Uint8Array>;
  readonly repeatable: () => boolean;
  readonly problem: () => Problem | undefined;
};

/** Bytes of a body that are kept so that it can be sent again. */
const KEPT = 1024 * 1024;

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;

/** Reads a body as fast as the service takes it; what was read of a small one is kept. */
export const bodyOf = (request: IncomingMessage, maxBytes: number): Body | Problem => {
  const tooLarge = makeProblem("request_too_large", `${maxBytes} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return tooLarge;
  const source: AsyncIterator<Uint8Array> = request.iterator({ destroyOnReturn: false });
  let kept: Uint8Array[] = [];
  let size = 0;
  let hasEnded = false;
  let isForgotten = false;
  let reading: Promise<Uint8Array | undefined> | undefined;

  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await source.next();
    hasEnded = done === true;
    if (hasEnded) return undefined;
    size += value.byteLength;
    if (size > maxBytes) throw new Error(tooLarge.message);
    if (size > KEPT) isForgotten = true;
    kept = isForgotten ? [] : [...kept, value];
    return value;
  };
  // An attempt that was given up may still wait for the chunk that the next attempt needs.
  const read = (): Promise<Uint8Array | undefined> => {
    reading ??= next().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  return {
    repeatable: () => !isForgotten,
    problem: () => (size > maxBytes ? tooLarge : undefined),
    chunks: async function* () {
      for (let index = 0; ; index++) {
        const before = isForgotten ? undefined : kept[index];
        if (before === undefined && hasEnded) return;
        const chunk = before ?? (await read());
        if (chunk === undefined) return;
        yield chunk;
      }
    },
  };
};

/** Milliseconds for which the rest of a request is read after an answer that did not wait for it. */
const DRAIN = 5_000;

/** Reads the rest of a request for a while, so that a caller who is still sending gets the answer and not a broken connection. */
export const drain = (request: IncomingMessage): void => {
  if (request.complete) return;
  const timer = setTimeout(() => request.destroy(), DRAIN).unref();
  request.once("close", () => clearTimeout(timer));
  request.removeAllListeners("readable");
  request.resume();
};
