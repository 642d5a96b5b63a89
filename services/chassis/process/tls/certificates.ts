import { createSecureContext, type SecureContext } from "node:tls";
import type { Clock } from "../../../../events/index.ts";
import type { Logger } from "../logging.ts";
import { type Pem, type PemFiles, readPem } from "./pem.ts";

/** Certificates as their files have them now. Whoever opens a connection asks again, so that a renewed one needs no restart. */
export type Certificates = {
  readonly current: () => Pem;
  /** The same, made ready for connections. */
  readonly context: () => SecureContext;
  /** Told after every renewal, until the returned function is called. */
  readonly onRenewal: (tell: () => void) => () => void;
  readonly stop: () => Promise<void>;
};

export const oldestTls = "TLSv1.2";
const PAUSE = 2_000;

/** Reads the files, which config has found good, and follows them. What is written in two steps is taken when it fits together again. */
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
  const told = new Set<() => void>();

  const look = (): void => {
    const found = read();
    if (found.print === seen) return;
    seen = found.print;
    const named = { files: Object.values(files).flatMap(({ path }) => path || []) };
    if (found.problems.length > 0)
      return void logger.warn({ ...named, problems: found.problems }, "certificates are not renewed: those in use stay");
    if (JSON.stringify(found.pem) === JSON.stringify(current)) return;
    current = found.pem;
    context = undefined;
    for (const tell of told) tell();
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
    onRenewal: (tell) => {
      told.add(tell);
      return () => void told.delete(tell);
    },
    stop: async () => {
      stopping.abort();
      await looking;
    },
  };
};
