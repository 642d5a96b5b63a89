import { asError } from "../error.ts";
import type { Running } from "../ports.ts";
import type { KafkaLogOptions } from "./client.ts";
import { joinGroup, type Member, type MemberOptions } from "./member.ts";
import { pauseAfter, settled } from "./waiting.ts";

const handlersMayTake = 10_000;
const joiningMayTake = 60_000;

/** A member of a consumer group until it is stopped. When it fails, another one joins in its place. */
export const runSubscription = async (options: KafkaLogOptions, member: Omit<MemberOptions, "running">): Promise<Running> => {
  const running = new Map<string, Promise<unknown>>();
  /** Why there is no member at the moment. */
  let absent: string | undefined;
  const stopping = new AbortController();
  const { signal } = stopping;
  const tell = (error: Error) => member.subscription.onError?.(error);

  /** Joins, however often that fails; undefined once it is stopped or its time is up. */
  const join = async (until: number): Promise<Member | undefined> => {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const joined = await joinGroup(options, { ...member, running });
        absent = undefined;
        return joined;
      } catch (error) {
        if (signal.aborted) return undefined;
        absent = asError(error).message;
        tell(asError(error));
        if (Date.now() > until) throw error;
        await pauseAfter(failures + 1, signal);
      }
    }
    return undefined;
  };
  const stopped = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));

  const live = async (first: Member | undefined): Promise<void> => {
    let current = first;
    while (current) {
      const failure = await Promise.race([current.failed, stopped]);
      absent = failure?.message;
      await current.leave();
      if (failure === undefined) return;
      tell(failure);
      await pauseAfter(1, signal);
      current = await join(Number.POSITIVE_INFINITY);
    }
  };

  const living = live(await join(Date.now() + joiningMayTake));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await living;
    await settled(handlersMayTake, Promise.all(running.values()));
  };
  return { stop, trouble: () => absent };
};
