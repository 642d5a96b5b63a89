import { type Problem, tooManyRequests } from "../../chassis/http/problems.ts";
import type { AccountContext } from "./rows.ts";

/** Wrong passwords of an account from one address, and wrong secrets of a client from one address. */
const ONE = { most: 10, milliseconds: 15 * 60_000 };
/** Wrong passwords of all accounts through one client, which many people use. */
const CLIENT = { most: 100, milliseconds: 60_000 };

type Check = () => Promise<boolean>;

/** Whether a password is right, unless too many were wrong. It makes no difference whether there is such an account. */
export const guessPassword = async (
  email: string,
  { edge }: AccountContext,
  isRight: Check,
  clientId?: string,
): Promise<boolean | Problem> => {
  const account = { name: `account ${email.toLowerCase()} from ${edge.address}`, ...ONE };
  return answered(await edge.guess(clientId === undefined ? [account] : [account, { name: `client ${clientId}`, ...CLIENT }], isRight));
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
