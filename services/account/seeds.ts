import type { Seed } from "../../events/index.ts";
import { STORE, SYSTEM } from "../chassis/access/access.ts";
import type { AccountCommand } from "./domain/domain.ts";
import type { LookupKey } from "./domain/lookup-key.ts";
import { nameIn, sealPerson } from "./domain/personal-data.ts";
import type { AccountOutside } from "./ports.ts";
import type { AccountSettings } from "./settings.ts";

/**
 * The first signing key, the key of hashes, clients and administrator. Without a setting, the first start generates the client or administrator and prints its
 * secret once. With a setting, every start ensures that the named client or administrator exists, even if an earlier start created another.
 * The secret comes first, and its cause is the one under which earlier releases remember the whole.
 */
export const seeds: readonly Seed<AccountOutside, AccountCommand>[] = [
  { cause: "bootstrap/signing-key", issues: "AnnounceSigningKey", given: ({ newSigningKey }) => newSigningKey() },
  {
    cause: "bootstrap/lookup-key",
    issues: "CreateLookupKey",
    given: ({ newLookupKey }) => newLookupKey(),
    found: async ({ sealedKey }: LookupKey, { useLookupKey }) => {
      if (sealedKey) await useLookupKey(sealedKey);
    },
  },
  ...clientSeeds("client", SYSTEM, "operators", ({ firstClient }) => firstClient),
  ...clientSeeds("login-client", STORE, "logins", ({ loginClient }) => loginClient),
  ...administratorSeeds({ cause: () => "" }),
  ...administratorSeeds({
    cause: ({ firstAdministrator: { given, email }, digest }) => (given ? `/${digest(email)}` : undefined),
    formerly: ({ firstAdministrator: { email } }) => `/${email.toLowerCase()}`,
  }),
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

/** A cause names no address: causes are kept for ever. Those of earlier releases did. */
function administratorSeeds(named: { readonly cause: Named; readonly formerly?: Named }): readonly Seed<AccountOutside, AccountCommand>[] {
  const causes = (cause: string) => ({
    cause: under(cause, named.cause),
    ...(named.formerly && { formerly: under(cause, named.formerly) }),
  });
  return [
    {
      ...causes("bootstrap/administrator"),
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
      ...causes("bootstrap/administrator-created"),
      issues: "CreateUser",
      given: async ({ firstAdministrator: { id, email }, seal, digest }) => ({
        ...{ userId: id, roleIds: ["global_admin"], groupPath: "" },
        ...(await sealPerson(id, { username: nameIn(email), email, phoneNumber: "", description: "" }, { seal, digest })),
      }),
    },
  ];
}
