import type { Seed } from "../../events/index.ts";
import { SYSTEM } from "../chassis/access/access.ts";
import type { Edge } from "../chassis/http/rows.ts";
import type { AccountCommand } from "./domain/domain.ts";
import type { AccountSettings } from "./settings.ts";

/** The outside dependencies of the seeds. */
export type AccountOutside = Pick<Edge, "newSigningKey" | "hashPassword"> & {
  /** The client from the settings. Without a setting, `given` is false, and each start generates a new secret. */
  readonly firstClient: AccountSettings["bootstrapClient"];
  /** The administrator from the settings. Without a setting, `given` is false, and each start generates a new password. */
  readonly firstAdministrator: AccountSettings["bootstrapAdmin"] & { readonly id: string };
  /** Prints a generated secret for the operator. It is printed once and appears nowhere else. */
  readonly print: (line: string) => void;
};

/**
 * The first signing key, client and administrator. Without a setting, the first start generates the client or administrator and prints its
 * secret once. With a setting, every start ensures that the named client or administrator exists, even if an earlier start created another.
 * The secret comes first, and its cause is the one under which earlier releases remember the whole.
 */
export const seeds: readonly Seed<AccountOutside, AccountCommand>[] = [
  { cause: "bootstrap/signing-key", issues: "AnnounceSigningKey", given: ({ newSigningKey }) => newSigningKey() },
  ...clientSeeds(() => ""),
  ...clientSeeds(({ firstClient: { given, id } }) => (given ? `/${id}` : undefined)),
  ...administratorSeeds(() => ""),
  ...administratorSeeds(({ firstAdministrator: { given, email } }) => (given ? `/${email.toLowerCase()}` : undefined)),
];

/** What comes after the name of a cause; undefined: there is nothing to do. */
type Named = (outside: AccountOutside) => string | undefined;

function under(cause: string, name: Named): (outside: AccountOutside) => string | undefined {
  return (outside) => {
    const named = name(outside);
    return named === undefined ? undefined : `${cause}${named}`;
  };
}

function clientSeeds(name: Named): readonly Seed<AccountOutside, AccountCommand>[] {
  return [
    {
      cause: under("bootstrap/client", name),
      issues: "SetClientSecret",
      given: async ({ firstClient: { id, secret }, hashPassword }) => ({ clientId: id, secretHash: await hashPassword(secret) }),
      made: (_, { firstClient: { given, id, secret }, print }) => {
        if (!given) print(`first client: ${id} secret: ${secret}`);
      },
    },
    {
      cause: under("bootstrap/client-created", name),
      issues: "CreateClient",
      given: ({ firstClient: { id } }) => ({ clientId: id, userId: SYSTEM, owner: SYSTEM, ownerPath: `:${SYSTEM}` }),
    },
  ];
}

function administratorSeeds(name: Named): readonly Seed<AccountOutside, AccountCommand>[] {
  return [
    {
      cause: under("bootstrap/administrator", name),
      issues: "SetFirstPassword",
      given: async ({ firstAdministrator: { id, password }, hashPassword }) => ({ userId: id, passwordHash: await hashPassword(password) }),
      made: (_, { firstAdministrator: { given, email, password }, print }) => {
        if (!given) print(`first administrator: ${email} password: ${password}`);
      },
    },
    {
      // If the administrator already exists, the claim on the e-mail address rejects the command.
      cause: under("bootstrap/administrator-created", name),
      issues: "CreateUser",
      given: ({ firstAdministrator: { id, email } }) => ({ userId: id, email, roleIds: ["global_admin"], groupPath: "" }),
    },
  ];
}
