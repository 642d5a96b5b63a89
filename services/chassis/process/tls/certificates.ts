import { createSecureContext, type SecureContext } from "node:tls";
import type { Clock } from "../../../../events/index.ts";
import type { Logger } from "../logging.ts";
import { type Pem, type PemFiles, readPem } from "./pem.ts";

/** The current certificates of a set of files. Each new connection reads them again, so that a renewal needs no restart. */
export type Certificates = {
  readonly current: () => Pem;
  /** The certificates as a secure context for connections. */
  readonly context: () => SecureContext;
  /** Registers a listener that is called after every renewal, and returns a function that removes it. */
  readonly onRenewal: (notify: () => void) => () => void;
  readonly stop: () => Promise<void>;
};

export const oldestTls = "TLSv1.2";
const PAUSE = 2_000;

/** Reads the files, which config has checked, and follows them. Files that are renewed in several steps are used once they match again. */
export const certificates = (
  files: PemFiles,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  pause = PAUSE,
): Certificates => {
  const read = () => {
    const { pem, problems } = readPem(files, clock.now());
    return { pem, problems, print: JSON.stringify([pem, problems]) };
  };
  const { pem, print } = read();
  let seen = print;
  let current = pem;
  let context: SecureContext | undefined;
  const listeners = new Set<() => void>();

  const look = (): void => {
    const found = read();
    if (found.print === seen) return;
    seen = found.print;
    const named = { files: Object.values(files).flatMap(({ path }) => path || []) };
    if (found.problems.length > 0)
      return void logger.warn({ ...named, problems: found.problems }, "the renewed certificates are invalid: the current ones stay in use");
    if (JSON.stringify(found.pem) === JSON.stringify(current)) return;
    current = found.pem;
    context = undefined;
    for (const notify of listeners) notify();
    logger.info(named, "certificates are renewed");
  };
  const stopping = new AbortController();
  const looking = (async () => {
    for (;;) {
      await clock.sleep(pause, stopping.signal);
      if (stopping.signal.aborted) return;
      look();
    }
  })();
  return {
    current: () => current,
    context: () => {
      context ??= createSecureContext({ ...current, minVersion: oldestTls });
      return context;
    },
    onRenewal: (notify) => {
      listeners.add(notify);
      return () => void listeners.delete(notify);
    },
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
};
