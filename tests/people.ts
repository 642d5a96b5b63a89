import type { Personal } from "../schemas/generated/events.ts";
import { nameIn, type SealedPerson, sealPerson } from "../services/account/domain/personal-data.ts";
import type { AccountOutside } from "../services/account/ports.ts";
import { sealedText } from "./sealed.ts";

/** What is known of somebody, as ciphertext that nobody can open: for tables, which open nothing. */
export const sealedAs = (email: string): SealedPerson => ({
  person: sealedText(email.slice(0, 64)),
  emailDigest: `digest-of-${email.toLowerCase().replaceAll(/[^\w-]/g, "-")}`,
});

/** A text of a person in an event of an earlier release. */
export const formerly = (text: string): Personal => text as Personal;

/** What is known of somebody, sealed by a running account service. */
export const sealedBy = (account: { readonly host: { readonly outside: unknown } }, userId: string, email: string): Promise<SealedPerson> =>
  sealPerson(userId, { username: nameIn(email), email, phoneNumber: "", description: "" }, account.host.outside as AccountOutside); // It is its outside.
