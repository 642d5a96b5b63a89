import { createHash } from "node:crypto";
import { type Clock, type Documents, keyedMutex } from "../../../events/index.ts";

/** How many wrong guesses of one kind there may be in a time. */
export type GuessLimit = { readonly name: string; readonly most: number; readonly milliseconds: number };
/** Whether a guess was right, or the seconds after which one may be made again. */
export type Guessed = boolean | { readonly again: number };

/**
 * Counts wrong guesses in documents that expire. A guess counts before it is checked, so that guesses at once do not come out above a limit, and
 * no longer when it was right. Guesses under the first limit take turns.
 */
export const guessing = ({ documents, clock }: { readonly documents: Pick<Documents, "add">; readonly clock: Pick<Clock, "now"> }) => {
  const turns = keyedMutex();
  const add = ({ name, milliseconds }: GuessLimit, amount: number) => documents.add(nameOf(name), amount, clock.now(), milliseconds);
  return (limits: readonly [GuessLimit, ...GuessLimit[]], isRight: () => Promise<boolean>): Promise<Guessed> =>
    turns(limits[0].name, async () => {
      const counted: GuessLimit[] = [];
      const takeBack = async (): Promise<void> => void (await Promise.all(counted.map((limit) => add(limit, -1))));
      for (const limit of limits) {
        const { count, until } = await add(limit, 1);
        counted.push(limit);
        if (count <= limit.most) continue;
        await takeBack();
        return { again: Math.max(1, Math.ceil((until - clock.now()) / 1_000)) };
      }
      const right = await isRight().catch(async (error: unknown) => {
        await takeBack();
        throw error;
      });
      if (right) await takeBack();
      return right;
    });
};
export type Guess = ReturnType<typeof guessing>;

/** Half of the time for which a place is remembered at least. */
const PERIOD = 30 * 86_400_000;

/**
 * Remembers places, such as the address from which somebody signed in, for thirty to sixty days after the last time. Whoever asks about a place
 * leaves nothing behind.
 */
export const places = ({ documents, clock }: { readonly documents: Pick<Documents, "add">; readonly clock: Pick<Clock, "now"> }) => {
  const within = (place: string, period: number, amount: number) =>
    documents.add(nameOf(`${place} in ${period}`), amount, clock.now(), 2 * PERIOD);
  const period = () => Math.floor(clock.now() / PERIOD);
  return {
    has: async (place: string): Promise<boolean> => {
      const counted = await Promise.all([within(place, period(), 0), within(place, period() - 1, 0)]);
      return counted.some(({ count }) => count > 0);
    },
    add: async (place: string): Promise<void> => {
      if ((await within(place, period(), 0)).count === 0) await within(place, period(), 1);
    },
  };
};
export type Places = ReturnType<typeof places>;

/** Names hold what callers send, of any length. */
const nameOf = (name: string): string => `guesses ${createHash("sha256").update(name).digest("base64url")}`;
