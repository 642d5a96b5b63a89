import { createHmac, hkdfSync } from "node:crypto";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { AccountOutside } from "./seeds.ts";
import type { AccountSettings } from "./settings.ts";

/** Generates the secrets that the settings do not give, once per start, so that the printed secrets match the stored hashes. */
export const open = async ({ edge, settings, print, config }: Dependencies<AccountSettings>): Promise<Opened<AccountOutside>> => {
  const { newSigningKey, hashPassword, hashSecret, randomToken } = edge;
  const { bootstrapClient: client, bootstrapLoginClient: loginClient, bootstrapAdmin: administrator } = settings;
  return {
    outside: {
      ...{ newSigningKey, hashPassword, hashSecret, print },
      firstClient: client.given ? client : { given: false, id: "client-operators", secret: randomToken(32) },
      loginClient: loginClient.given ? loginClient : { given: false, id: "client-logins", secret: randomToken(32) },
      firstAdministrator: withId(
        config.sealingKeys[0]?.key ?? new Uint8Array(),
        administrator.given ? administrator : { given: false, email: "admin@localhost", password: randomToken(18) },
      ),
    },
  };
};

/**
 * The same id for the same address, so that instances that start at once, and a start that was cut off, make one user. Third parties read ids: only
 * who has the platform key can tell which address one stands for.
 */
const withId = <A extends { readonly email: string }>(platformKey: Uint8Array, administrator: A) => {
  const key = new Uint8Array(hkdfSync("sha256", platformKey, "pitrix", "id of the first administrator", 32));
  const id = createHmac("sha256", key).update(administrator.email.toLowerCase()).digest("base64url").slice(0, 12);
  return { ...administrator, id: `usr-${id}` };
};
