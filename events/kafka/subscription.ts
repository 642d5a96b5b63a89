import { asError } from "../error.ts";
import type { Running } from "../ports.ts";
import type { KafkaLogOptions } from "./client.ts";
import { joinGroup, type Member, type MemberOptions } from "./member.ts";
import { pauseAfter, settled } from "./waiting.ts";

const HANDLER_TIMEOUT = 10_000;
const JOIN_TIMEOUT = 60_000;

/** Stays a member of a consumer group until it is stopped. A new member replaces a failed one. */
export const runSubscription = async (options: KafkaLogOptions, member: Omit<MemberOptions, "running">): Promise<Running> => {
  const running = new Map<string, Promise<unknown>>();
  /** The error because of which there is currently no member. */
  let absent: string | undefined;
  const stopping = new AbortController();
  const { signal } = stopping;
  const report = (error: Error) => member.subscription.onError?.(error);

  /** Retries until it has joined. Returns undefined when it is stopped; throws the last error after `until`. */
  const join = async (until: number): Promise<Member | undefined> => {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const joined = await joinGroup(options, { ...member, running });
        absent = undefined;
        return joined;
      } catch (error) {
        if (signal.aborted) return undefined;
        absent = asError(error).message;
        report(asError(error));
        if (Date.now() > until) throw error;
        await pauseAfter(failures + 1, signal);
      }
    }
    return undefined;
  };
  const stopped = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));

  const keepMember = async (first: Member | undefined): Promise<void> => {
    let current = first;
    while (current) {
      const failure = await Promise.race([current.failed, stopped]);
      absent = failure?.message;
      await current.leave();
      if (failure === undefined) return;
      report(failure);
      await pauseAfter(1, signal);
      current = await join(Number.POSITIVE_INFINITY);
    }
  };

  const membership = keepMember(await join(Date.now() + JOIN_TIMEOUT));
  const stop = async (): Promise<void> => {
    stopping.abort();
    await membership;
    await settled(HANDLER_TIMEOUT, Promise.all(running.values()));
  };
  return { stop, trouble: () => absent };
};
