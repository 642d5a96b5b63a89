import { once } from "node:events";
import type { Response } from "express";
import type { Clock } from "../../../events/index.ts";
import type { Caller } from "../access/access.ts";
import { allowing } from "../access/rules.ts";
import { compact } from "./fields.ts";
import { Frames, frame, notice, progress, type Rights, type Source } from "./frames.ts";
import { bodyOf, isProblem, makeProblem, type Problem } from "./problems.ts";
import { beginsStreaming } from "./streaming.ts";

/** Streams open at once in a process, and of one user; one more is answered 503, or 429. */
export const STREAMS = { requests: 2_000, waiting: 0, milliseconds: 0, ofStreams: true } as const;
const OF_A_USER = 100;
/** Milliseconds after which a quiet stream gives a sign of life: proxies close silent connections. */
const HEARTBEAT = 15_000;
/** Milliseconds for which a caller's rights are not looked up again. */
const CHECKED = 1_000;
/** Milliseconds that a client waits before it comes back. */
const RETRY = 2_000;

/** Bounds the open streams of each user. */
export const streamsOfUsers = (most = OF_A_USER) => {
  const open = new Map<string, number>();
  return (userId: string, response: Response): Problem | undefined => {
    const mine = open.get(userId) ?? 0;
    if (mine >= most) return makeProblem("too_many_streams", `${most}`);
    if (response.closed) return undefined;
    open.set(userId, mine + 1);
    response.once("close", () => {
      const left = (open.get(userId) ?? 1) - 1;
      if (left > 0) open.set(userId, left);
      else open.delete(userId);
    });
    return undefined;
  };
};

/** A stream until its caller leaves, may not go on, or the process stops. */
export const openStream = (
  response: Response,
  look: () => Promise<Caller | Problem | undefined>,
  { clock, stopping }: { readonly clock: Clock; readonly stopping: AbortSignal },
) => {
  const over = new AbortController();
  const leave = () => over.abort("over");
  response.once("close", leave);
  stopping.addEventListener("abort", leave, { once: true });
  over.signal.addEventListener("abort", () => stopping.removeEventListener("abort", leave), { once: true });
  if (response.closed || stopping.aborted) leave();

  let problem: Problem | undefined;
  let checked = Number.NEGATIVE_INFINITY;
  let last: Awaited<ReturnType<Rights>>;
  const rights: Rights = async () => {
    if (clock.now() - checked < CHECKED) return last;
    const caller = await look();
    checked = clock.now();
    last = isProblem(caller) ? undefined : { sees: allowing("own", caller) };
    if (isProblem(caller)) {
      problem = caller;
      leave();
    }
    return last;
  };
  return { signal: over.signal, rights, problem: () => problem, clock };
};
type OpenStream = ReturnType<typeof openStream>;

/**
 * Sends server-sent events as fast as the caller takes them: nothing is asked of the source before there is room for it. A quiet stream says now and
 * then that it lives, and how far it is. An error of the source is thrown, and the answer breaks off.
 */
export const sendStream = async (response: Response, source: Source<unknown>, stream: OpenStream): Promise<void> => {
  const { signal } = stream;
  response.set({ "content-type": "text/event-stream", "x-accel-buffering": "no" }).flushHeaders();
  beginsStreaming(response);
  response.write(`retry: ${RETRY}\n${source.id ? `id: ${source.id()}\n` : ""}\n`);
  const sent = { last: false };
  beat(response, source, stream, sent).catch(() => response.destroy());
  try {
    for await (const item of source) {
      if (signal.aborted) break;
      sent.last = true;
      const { bytes } = item instanceof Frames ? item : frame(compact(item));
      if (!response.write(bytes)) await once(response, "drain", { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const reason = stream.problem();
  if (reason) response.write(notice("problem", bodyOf(reason)).bytes);
  response.end();
};

/** Looks now and then whether the caller may still be here, and sends something if nothing else was sent. */
const beat = async (
  response: Response,
  source: Source<unknown>,
  { clock, signal, rights }: OpenStream,
  sent: { last: boolean },
): Promise<void> => {
  for (;;) {
    await clock.sleep(HEARTBEAT, signal);
    if (signal.aborted || !(await rights())) return;
    if (!sent.last && !response.writableNeedDrain) response.write(source.id ? progress(source.id()).bytes : ":\n\n");
    sent.last = false;
  }
};
