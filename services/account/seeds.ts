import type { Seed } from "../../events/index.ts";
import { SYSTEM } from "../chassis/access/access.ts";
import type { Edge } from "../chassis/http/rows.ts";
import type { AccountCommand } from "./domain/domain.ts";
import type { AccountSettings } from "./settings.ts";

/** The outside dependencies of the seeds. */
export type AccountOutside = Pick<Edge, "newSigningKey" | "hashPassword" | "randomToken"> & {
  /** The client from the settings. Without a setting, `given` is false, and each start generates a new id and secret. */
  readonly firstClient: AccountSettings["bootstrapClient"];
  /** The administrator from the settings. Without a setting, `given` is false, and each start generates a new password. */
  readonly firstAdministrator: AccountSettings["bootstrapAdmin"];
  /** Prints a generated secret for the operator. It is printed once and appears nowhere else. */
  readonly print: (line: string) => void;
};

/**
 * The first signing key, client and administrator. Without a setting, the first start generates the client or administrator and prints its
 * secret once. With a setting, every start ensures that the named client or administrator exists, even if an earlier start created another.
 */
export const seeds: readonly Seed<AccountOutside, AccountCommand>[] = [
  { cause: "bootstrap/signing-key", issues: "AnnounceSigningKey", given: ({ newSigningKey }) => newSigningKey() },
  {
    cause: "bootstrap/client",
    issues: "CreateClient",
    given: clientIn,
    made: (_, { firstClient: { given, id, secret }, print }) => {
      if (!given) print(`first client: ${id} secret: ${secret}`);
    },
  },
  {
    cause: ({ firstClient: { given, id } }) => (given ? `bootstrap/client/${id}` : undefined),
    issues: "CreateClient",
    given: clientIn,
  },
  {
    cause: "bootstrap/administrator",
    issues: "CreateUser",
    given: administratorIn,
    made: (_, { firstAdministrator: { given, email, password }, print }) => {
      if (!given) print(`first administrator: ${email} password: ${password}`);
    },
  },
  {
    cause: ({ firstAdministrator: { given, email } }) => (given ? `bootstrap/administrator/${email.toLowerCase()}` : undefined),
    issues: "CreateUser",
    given: administratorIn,
  },
];

async function clientIn({ firstClient: { id, secret }, hashPassword }: AccountOutside) {
  return { clientId: id, userId: SYSTEM, secretHash: await hashPassword(secret), owner: SYSTEM, ownerPath: `:${SYSTEM}` };
}

/** The user id is new at every start. If the administrator already exists, the claim on the e-mail address rejects the command. */
async function administratorIn({ firstAdministrator: { email, password }, hashPassword, randomToken }: AccountOutside) {
  const passwordHash = await hashPassword(password);
  return { userId: `usr-${randomToken(9)}`, email, passwordHash, roleIds: ["global_admin"], groupPath: "" };
}
