import type { Rejection } from "../../../events/index.ts";

/** Characters that a password has at least and at most (OWASP ASVS 2.1.1 and 2.1.2). Several spaces count as one. */
const LEAST = 12;
const MOST = 128;
/** Different characters that a password has at least. */
const DIFFERENT = 5;

/** Why a password that somebody chose is refused; undefined: it is not. There are no rules about kinds of characters. */
export const weaknessIn = async (password: string): Promise<Rejection | undefined> => {
  const characters = [...password.normalize("NFKC").replace(/ {2,}/g, " ")];
  if (characters.length < LEAST) return weak("password_too_short", `has fewer than ${LEAST} characters`);
  if (characters.length > MOST) return weak("password_too_long", `has more than ${MOST} characters`);
  const text = characters.join("").toLowerCase();
  const isCommon = new Set(text).size < DIFFERENT || (await commonPasswords()).has(text) || (await commonPasswords()).has(coreOf(text));
  return isCommon ? weak("password_too_common", "is among those that are guessed first") : undefined;
};

const weak = (error: string, is: string): Rejection => ({ rejected: `the password ${is}`, kind: "invalid", error });

/** Without the digits and signs that people put around a word. */
const coreOf = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "");

/** Passwords from breaches, in lower case. Only who sets a password loads them. */
const commonPasswords = async (): Promise<ReadonlySet<string>> => {
  known ??= import("@zxcvbn-ts/language-common").then(({ dictionary }) => new Set(dictionary["passwords-common"]));
  return known;
};
let known: Promise<ReadonlySet<string>> | undefined;
