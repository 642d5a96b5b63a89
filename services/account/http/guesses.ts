import { type Problem, tooManyRequests } from "../../chassis/http/problems.ts";
import type { AccountContext } from "./rows.ts";

/** Wrong passwords of an account from one address, and wrong secrets of a client from one address. */
const ONE = { most: 10, milliseconds: 15 * 60_000 };
/**
 * Wrong passwords of an account from everywhere. Addresses from which it signed in before share an allowance of their own, so that strangers
 * cannot lock its owner out; together a hundred an hour.
 */
const ACCOUNT = { most: 50, milliseconds: 60 * 60_000 };
/** Wrong passwords of all accounts through one client, which many people use. */
const CLIENT = { most: 100, milliseconds: 60_000 };

type Check = () => Promise<boolean>;

/**
 * Whether a password is right, unless too many were wrong. It makes no difference whether there is such an account. The name is what tells an e-mail
 * address from others.
 */
export const guessPassword = async (
  name: string,
  { edge }: AccountContext,
  isRight: Check,
  clientId?: string,
): Promise<boolean | Problem> => {
  const account = `account ${name}`;
  const place = `${account} from ${edge.address}`;
  const isKnown = await edge.places.has(place);
  const guessed = await edge.guess(
    [
      { name: place, ...ONE },
      { name: `${account} from ${isKnown ? "where it signed in" : "elsewhere"}`, ...ACCOUNT },
      ...(clientId === undefined ? [] : [{ name: `client ${clientId}`, ...CLIENT }]),
    ],
    isRight,
  );
  if (guessed === true) await edge.places.add(place);
  return answered(guessed);
};

/** Whether the secret of a client is right, unless too many were wrong. One that was right costs nothing the next time. */
export const guessSecret = async (clientId: string, secret: string, hash: string, { edge }: AccountContext): Promise<boolean | Problem> => {
  if (edge.wasRight(secret, hash)) return true;
  const limit = { name: `secret of ${clientId} from ${edge.address}`, ...ONE };
  return answered(
    await edge.guess([limit], async () => {
      const isRight = edge.wasRight(secret, hash) || (await edge.verifyPassword(secret, hash));
      if (isRight) edge.rememberRight(secret, hash);
      return isRight;
    }),
  );
};

const answered = (guessed: boolean | { readonly again: number }): boolean | Problem =>
  typeof guessed === "boolean" ? guessed : tooManyRequests(guessed.again);
