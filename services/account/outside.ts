import { createHmac, hkdfSync } from "node:crypto";
import { isSealed, streamOf } from "../../events/index.ts";
import { KeyGone } from "../chassis/access/sealing.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import { LOOKUP_KEY } from "./domain/lookup-key.ts";
import { type PersonalData, personAt } from "./domain/personal-data.ts";
import type { AccountOutside } from "./ports.ts";
import { users } from "./read-models/users.ts";
import type { AccountSettings } from "./settings.ts";

/** Milliseconds for which a document that is late is waited for, and between two looks: its key was destroyed, since another text took its place. */
const [WAIT, LOOK] = [1_000, 20];
const lookupKeyAt = { stream: streamOf("lookupKey", LOOKUP_KEY), field: "sealedKey" };
const nobody: PersonalData = { username: "", email: "", phoneNumber: "", description: "" };

/** Generates the secrets that the settings do not give, once per start, so that the printed secrets match the stored hashes. */
export const open = async ({
  edge,
  settings,
  print,
  config,
  clock,
  document,
}: Dependencies<AccountSettings>): Promise<Opened<AccountOutside>> => {
  const { newSigningKey, hashPassword, hashSecret, randomToken, seal, destroyKey } = edge;
  const { bootstrapClient: client, bootstrapLoginClient: loginClient, bootstrapAdmin: administrator } = settings;
  let key: Buffer | undefined;
  return {
    outside: {
      ...{ newSigningKey, hashPassword, hashSecret, seal, destroyKey, print },
      newLookupKey: async () => ({ lookupKeyId: LOOKUP_KEY, sealedKey: await seal(randomToken(32), lookupKeyAt) }),
      useLookupKey: async (sealedKey) => {
        key = Buffer.from(await edge.open(sealedKey, lookupKeyAt), "base64url");
      },
      digest: (email) => {
        if (!key) throw new Error("the key by which people are found is not there yet");
        return createHmac("sha256", key).update(email.toLowerCase()).digest("base64url");
      },
      openPerson: async (userId, person) => {
        for (let [sealed, until] = [person, clock.now() + WAIT]; ; ) {
          try {
            return { ...nobody, ...JSON.parse(await edge.open(sealed, personAt(userId))) };
          } catch (error) {
            if (!(error instanceof KeyGone)) throw error;
          }
          const { person: now } = (await document(users.name, userId)) ?? {};
          if (typeof now !== "string" || !isSealed(now) || clock.now() >= until) return nobody;
          if (now === sealed) await clock.sleep(LOOK);
          sealed = now;
        }
      },
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
