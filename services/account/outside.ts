import { createHash } from "node:crypto";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { AccountOutside } from "./seeds.ts";
import type { AccountSettings } from "./settings.ts";

/** Generates the secrets that the settings do not give, once per start, so that the printed secrets match the stored hashes. */
export const open = async ({ edge, settings, print }: Dependencies<AccountSettings>): Promise<Opened<AccountOutside>> => {
  const { newSigningKey, hashPassword, hashSecret, randomToken } = edge;
  const { bootstrapClient: client, bootstrapLoginClient: loginClient, bootstrapAdmin: administrator } = settings;
  return {
    outside: {
      ...{ newSigningKey, hashPassword, hashSecret, print },
      firstClient: client.given ? client : { given: false, id: "client-operators", secret: randomToken(32) },
      loginClient: loginClient.given ? loginClient : { given: false, id: "client-logins", secret: randomToken(32) },
      firstAdministrator: withId(
        administrator.given ? administrator : { given: false, email: "admin@localhost", password: randomToken(18) },
      ),
    },
  };
};

/** The same id for the same address, so that instances that start at once, and a start that was cut off, make one user. */
const withId = <A extends { readonly email: string }>(administrator: A) => ({
  ...administrator,
  id: `usr-${createHash("sha256").update(administrator.email.toLowerCase()).digest("base64url").slice(0, 12)}`,
});
