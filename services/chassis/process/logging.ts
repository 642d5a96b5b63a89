import pino from "pino";

/** Writes log lines: JSON objects with details and a message. */
export type Logger = {
  readonly [L in "debug" | "info" | "warn" | "error"]: (details: object, message: string) => void;
} & { readonly child: (details: object) => Logger };

/** A logger that writes JSON lines, to standard output by default. Errors appear with their causes. Callers never log secrets. */
export const logging = (level: string, details: object, lines?: { readonly write: (line: string) => void }): Logger => {
  const options: pino.LoggerOptions = {
    level,
    base: details,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: describe },
  };
  return free(lines ? pino(options, lines) : pino(options));
};

/** Binds the methods, so that they can be passed as functions. */
const free = (logger: pino.Logger): Logger => ({
  debug: (details, message) => logger.debug(details, message),
  info: (details, message) => logger.info(details, message),
  warn: (details, message) => logger.warn(details, message),
  error: (details, message) => logger.error(details, message),
  child: (details) => free(logger.child(details)),
});

/** A logger that discards everything, for tests and tools. */
export const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent };

const describe = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause !== undefined && { cause: describe(cause) }) };
};
