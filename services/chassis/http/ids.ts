const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH = 12;

/** Twelve characters of base 62 from random or hashed bytes; bytes that would favour some characters are skipped. */
export const base62 = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) {
    if (byte >= 248) continue;
    text += ALPHABET[byte % 62];
    if (text.length === LENGTH) return text;
  }
  throw new Error("too few bytes for an id");
};

/** Bytes for ids: random, or, under an idempotency key, the same for the same name. */
export type IdSource = (name: string) => Uint8Array;

/** The ids of one item of a request. The n-th id of a prefix is the same in every reading. */
export const idsOf = (source: IdSource, item: string) => {
  const known = new Map<string, string>();
  const make = (prefix: string, nth: number): string => {
    const name = `${item}/${prefix}/${nth}`;
    const id = known.get(name) ?? `${prefix}-${base62(source(name))}`;
    known.set(name, id);
    return id;
  };
  const reading = () => {
    const counts = new Map<string, number>();
    return (prefix: string): string => {
      const nth = counts.get(prefix) ?? 0;
      counts.set(prefix, nth + 1);
      return make(prefix, nth);
    };
  };
  return {
    reading,
    actionId: (): string => make("j", 0),
    /** The action, if the row has started one. */
    startedAction: (): string | null => known.get(`${item}/j/0`) ?? null,
  };
};
export type Ids = ReturnType<typeof idsOf>;

/** The request id of a client, if it is safe in logs and headers. */
export const saneRequestId = (given: string | undefined): string | undefined =>
  given && /^[\w.:-]{1,128}$/.test(given) ? given : undefined;

/** A W3C traceparent, if it is well-formed. */
export const saneTraceparent = (given: string | undefined): string | null =>
  given && /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/.test(given) ? given : null;
