import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { AccountOutside } from "./seeds.ts";
import type { AccountSettings } from "./settings.ts";

/** Generates the secrets that the settings do not give, once per start, so that the printed secrets match the stored hashes. */
export const open = async ({ edge, settings, print }: Dependencies<AccountSettings>): Promise<Opened<AccountOutside>> => {
  const { newSigningKey, hashPassword, randomToken } = edge;
  const { bootstrapClient: client, bootstrapAdmin: administrator } = settings;
  return {
    outside: {
      ...{ newSigningKey, hashPassword, randomToken, print },
      firstClient: client.given ? client : { given: false, id: `client-${randomToken(9)}`, secret: randomToken(32) },
      firstAdministrator: administrator.given ? administrator : { given: false, email: "admin@localhost", password: randomToken(18) },
    },
  };
};
