import type { Of } from "../../../events/message.ts";
import type { UserEvent } from "../../../schemas/generated/events.ts";
import { LOOKUP_KEY } from "../../../services/account/domain/lookup-key.ts";
import type { AccountOutside } from "../../../services/account/ports.ts";
import { formerly, sealedAs } from "../../people.ts";
import { sealedText } from "../../sealed.ts";

/** A user of a vendor, as she was created. */
export const ada: Of<UserEvent, "UserCreated"> = {
  type: "UserCreated",
  userId: "usr-ada",
  ...{ username: "", email: "", phoneNumber: "", description: "" },
  ...sealedAs("Ada@example.org"),
  passwordHash: "",
  roleIds: ["isv"],
  groupPath: ":grp-a",
  owner: "usr-ada",
  ownerPath: ":grp-a:usr-ada",
};
export const userId = ada.userId;
/** The same as an earlier release would have created her. */
export const formerAda: typeof ada = {
  ...ada,
  ...{ username: formerly("ada"), email: formerly("Ada@example.org"), person: null, emailDigest: "" },
};

/** The outside of a service whose settings name neither a client nor an administrator; it makes secrets without any cryptography. */
export const unnamed: AccountOutside = {
  newSigningKey: async () => ({ keyId: "key-1", publicJwk: "{}", sealedPrivateJwk: sealedText("sealed") }),
  hashPassword: async (password) => ({ passwordHash: `hash of ${password}` }),
  hashSecret: async (secret) => `hash of ${secret}`,
  firstClient: { given: false, id: "client-1", secret: "secret of the client" },
  loginClient: { given: false, id: "client-2", secret: "secret for logins" },
  firstAdministrator: { given: false, id: "usr-first", email: "admin@localhost", password: "password of the administrator" },
  print: () => {},
  seal: async (secret) => sealedText(`sealed-${secret.length}`),
  destroyKey: async () => {},
  newLookupKey: async () => ({ lookupKeyId: LOOKUP_KEY, sealedKey: sealedText("lookup-key") }),
  useLookupKey: async () => {},
  digest: (email) => sealedAs(email).emailDigest,
  openPerson: async () => ({ username: "", email: "", phoneNumber: "", description: "" }),
};
