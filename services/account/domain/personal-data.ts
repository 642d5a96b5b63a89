import { type Sealed, streamOf } from "../../../events/index.ts";

/** What is known of a person. It travels and is stored as ciphertext, whose key is destroyed with the user. */
export type PersonalData = {
  readonly username: string;
  readonly email: string;
  readonly phoneNumber: string;
  readonly description: string;
};

/** In events and documents: the ciphertext, and what tells the e-mail address from others. */
export type SealedPerson = { readonly person: Sealed; readonly emailDigest: string };

/** Where what is known of a user is sealed. */
export const personAt = (userId: string) => ({ stream: streamOf("user", userId), field: "person" });

/** Who seals, and makes a keyed hash of an e-mail address. */
type Sealer = {
  readonly seal: (secret: string, location: ReturnType<typeof personAt>) => Promise<Sealed>;
  readonly digest: (email: string) => string;
};
export const sealPerson = async (userId: string, data: PersonalData, { seal, digest }: Sealer): Promise<SealedPerson> => ({
  person: await seal(JSON.stringify(data), personAt(userId)),
  emailDigest: digest(data.email),
});

/** What tells an e-mail address from others: its keyed hash; of a user of an earlier release, the address itself in lower case. */
export const addressIn = ({ email, emailDigest }: { readonly email: string; readonly emailDigest: string }): string =>
  emailDigest || email.toLowerCase();

/** The same of an address that somebody names: who has it may be of either kind. */
export const addressesOf = (email: string, digest: string): readonly string[] => [digest, email.toLowerCase()];

export const isEmail = (text: string): boolean => /^[^\s@:]+@[^\s@]+$/.test(text);
/** The name of somebody who has given none. */
export const nameIn = (email: string): string => email.slice(0, email.indexOf("@"));
