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

/** Names hold what callers send, of any length. */
const nameOf = (name: string): string => `guesses ${createHash("sha256").update(name).digest("base64url")}`;
