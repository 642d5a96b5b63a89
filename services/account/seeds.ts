import type { Seed } from "../../events/index.ts";
import { STORE, SYSTEM } from "../chassis/access/access.ts";
import type { Edge } from "../chassis/http/rows.ts";
import type { AccountCommand } from "./domain/domain.ts";
import type { AccountSettings } from "./settings.ts";

/** The outside dependencies of the seeds. */
export type AccountOutside = Pick<Edge, "newSigningKey" | "hashPassword" | "hashSecret"> & {
  /** The clients from the settings: of operators, and for logins. Without a setting, `given` is false, and each start generates a new secret. */
  readonly firstClient: AccountSettings["bootstrapClient"];
  readonly loginClient: AccountSettings["bootstrapLoginClient"];
  /** The administrator from the settings. Without a setting, `given` is false, and each start generates a new password. */
  readonly firstAdministrator: AccountSettings["bootstrapAdmin"] & { readonly id: string };
  /** Prints a generated secret for the operator. It is printed once and appears nowhere else. */
  readonly print: (line: string) => void;
};

/**
 * The first signing key, clients and administrator. Without a setting, the first start generates the client or administrator and prints its
 * secret once. With a setting, every start ensures that the named client or administrator exists, even if an earlier start created another.
 * The secret comes first, and its cause is the one under which earlier releases remember the whole.
 */
export const seeds: readonly Seed<AccountOutside, AccountCommand>[] = [
  { cause: "bootstrap/signing-key", issues: "AnnounceSigningKey", given: ({ newSigningKey }) => newSigningKey() },
  ...clientSeeds("client", SYSTEM, "operators", ({ firstClient }) => firstClient),
  ...clientSeeds("login-client", STORE, "logins", ({ loginClient }) => loginClient),
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

/** A client of the settings, once for all starts and once for each id that they name. */
function clientSeeds(
  name: string,
  userId: string,
  purpose: string,
  clientIn: (outside: AccountOutside) => AccountSettings["bootstrapClient"],
): readonly Seed<AccountOutside, AccountCommand>[] {
  const named: Named = (outside) => (clientIn(outside).given ? `/${clientIn(outside).id}` : undefined);
  return [() => "", named].flatMap((which: Named): readonly Seed<AccountOutside, AccountCommand>[] => [
    {
      cause: under(`bootstrap/${name}`, which),
      issues: "SetClientSecret",
      given: async (outside) => ({ clientId: clientIn(outside).id, secretHash: await outside.hashSecret(clientIn(outside).secret) }),
      made: (_, outside) => {
        const { given, id, secret } = clientIn(outside);
        if (!given) outside.print(`client for ${purpose}: ${id} secret: ${secret}`);
      },
    },
    {
      cause: under(`bootstrap/${name}-created`, which),
      issues: "CreateClient",
      given: (outside) => ({ clientId: clientIn(outside).id, userId, owner: SYSTEM, ownerPath: `:${SYSTEM}` }),
    },
  ]);
}

function administratorSeeds(name: Named): readonly Seed<AccountOutside, AccountCommand>[] {
  return [
    {
      cause: under("bootstrap/administrator", name),
      issues: "SetFirstPassword",
      given: async ({ firstAdministrator: { id, password }, hashPassword }) => {
        const hashed = await hashPassword(password);
        if ("rejected" in hashed) throw new Error(`PITRIX_BOOTSTRAP_ADMIN: ${hashed.rejected}`);
        return { userId: id, ...hashed };
      },
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
