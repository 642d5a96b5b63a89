/** The server is reachable, but one side rejects the other, so that retries are useless. */
export class Denied extends Error {
  override name = "Denied";
}

const MONGODB_AUTHENTICATION_FAILED = 18;

const certificateCodes =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT_|ERR_SSL_(TLSV1|SSLV3)_ALERT_|ERR_SSL_TLSV13_ALERT_|ERR_SSL_WRONG_VERSION)/;

/** Why one side rejected the other; undefined if the error has another reason, which may be temporary. */
export const denialIn = (error: unknown): string | undefined => {
  for (const each of causesOf(error)) {
    const code: unknown = Reflect.get(each, "code");
    if (code === MONGODB_AUTHENTICATION_FAILED || each.name === "KafkaJSSASLAuthenticationError")
      return `wrong user or password: ${each.message}`;
    if (typeof code === "string" && certificateCodes.test(code)) return `no TLS with it (${code}): ${inWords(each.message)}`;
  }
  return undefined;
};

/** The message of OpenSSL without its source location. */
const inWords = (message: string): string => /:SSL routines:\w*:([^:]+):/.exec(message)?.[1] ?? message;

/** The error and its causes, in the forms that kafkajs, mongodb and Node use. */
const causesOf = (error: unknown, depth = 0): readonly Error[] => {
  if (!(error instanceof Error) || depth > 8) return [];
  const reason: unknown = Reflect.get(error, "reason");
  const servers: unknown = Reflect.get(Object(reason), "servers");
  const inside = [error.cause, Reflect.get(error, "originalError"), Reflect.get(error, "cause")];
  const below = servers instanceof Map ? [...servers.values()].map((each) => Reflect.get(Object(each), "error")) : [];
  return [error, ...[...new Set([...inside, ...below])].flatMap((each) => causesOf(each, depth + 1))];
};
