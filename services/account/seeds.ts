import type { Seed } from "../../events/index.ts";
import { SYSTEM } from "../chassis/access/access.ts";
import type { Edge } from "../chassis/http/rows.ts";
import type { AccountCommand } from "./domain/domain.ts";
import type { AccountSettings } from "./settings.ts";

/** What the seeds need of the world outside. */
export type AccountOutside = Pick<Edge, "newSigningKey" | "hashPassword" | "randomToken"> & {
  /** As the settings name it. Where they do not, `given` is false, and id and secret are new at every start. */
  readonly firstClient: AccountSettings["bootstrapClient"];
  /** As the settings name it. Where they do not, `given` is false, and the password is new at every start. */
  readonly firstAdministrator: AccountSettings["bootstrapAdmin"];
  /** Shows the operator a secret that was made here and is shown nowhere else. */
  readonly print: (line: string) => void;
};

/**
 * The first signing key, client and administrator. Where the settings name none, one is made and printed, once. What they name exists after
 * every start, even if an earlier start has made another one: its own cause asks for it, and changes nothing where it is there already.
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

/** The user's id is new, but the e-mail is taken where the administrator is there already. */
async function administratorIn({ firstAdministrator: { email, password }, hashPassword, randomToken }: AccountOutside) {
  const passwordHash = await hashPassword(password);
  return { userId: `usr-${randomToken(9)}`, email, passwordHash, roleIds: ["global_admin"], groupPath: "" };
}
