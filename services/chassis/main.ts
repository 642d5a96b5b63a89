import { CannotRestore } from "../../events/runtime.ts";
import { configured, loadServices } from "./list.ts";
import { systemClock } from "./process/clock.ts";
import { ConfigError, describeSettings, readConfig } from "./process/config.ts";
import { connectLog, Unreachable } from "./process/connect.ts";
import { logging } from "./process/logging.ts";
import { askedToStop } from "./process/shutdown.ts";
import { Denied } from "./process/tls/denied.ts";
import { openTls } from "./process/tls/transport-security.ts";
import { type RunningService, runService, share } from "./run.ts";
import type { AnyService, ServiceList } from "./service.ts";

const usage = async (services: ServiceList): Promise<string> => `Runs services of Pitrix: one a process, several, or all.

  node dist/services/main.js <service...|all>

Services: ${Object.keys(services).join(", ")}

Settings, from the environment.
${describeSettings(configured(services, await loadServices(services)))}
`;

/** Exit codes of sysexits.h: wrong usage, server unreachable, access denied, wrong settings. */
const USAGE = 64;
const UNAVAILABLE = 69;
const DENIED = 77;
const CONFIG = 78;

const end = (code: number, text: string): never => {
  process.stderr.write(`${text}\n`);
  process.exit(code);
};

const chosen = async (services: ServiceList, names: readonly string[]): Promise<readonly string[]> => {
  if (names.includes("--help") || names.includes("-h")) {
    process.stdout.write(await usage(services));
    process.exit(0);
  }
  const unknown = names.filter((name) => name !== "all" && !Object.hasOwn(services, name));
  if (names.length === 0 || unknown.length > 0)
    end(USAGE, `${unknown.map((name) => `there is no service ${name}\n`).join("")}${await usage(services)}`);
  return names.includes("all") ? Object.keys(services) : [...new Set(names)];
};

const start = async (services: ServiceList, arguments_: readonly string[]): Promise<void> => {
  const wanted = await loadServices(services, await chosen(services, arguments_));
  const config = readConfig(process.env, configured(services, wanted));
  const logger = logging(config.logLevel, { process: process.pid });
  process.on("unhandledRejection", (error) => logger.error({ error }, "unhandled error"));
  const asked = askedToStop();
  const tls = openTls(config, { clock: systemClock, logger });
  const log = await connectLog(wanted[0]?.name ?? "", config, tls, systemClock, logger);
  let tables: Promise<readonly AnyService[]> | undefined;
  const shared = await share(config, log, tls, logger, undefined, () => {
    tables ??= loadServices(services);
    return tables;
  });
  const running: RunningService[] = [];
  const stop = async (): Promise<void> => {
    // All in parallel: no service waits for another.
    await Promise.all(running.map((service) => service.stop()));
    await shared.stop();
    await log.close();
    await tls.stop();
  };
  // Every start is awaited, so that a failed one leaves no other half started.
  const starts = await Promise.allSettled(
    wanted.map(async (service) => {
      running.push(await runService(service, shared));
    }),
  );
  const failed = starts.find((each) => each.status === "rejected");
  if (failed) {
    await stop().catch(() => {});
    throw failed.reason;
  }
  logger.info({ signal: await asked }, "stopping");
  setTimeout(() => end(1, "the orderly shutdown took too long"), config.shutdownSeconds * 1_000).unref();
  await stop();
  process.exit(0);
};

/** Runs the named services in this process until it receives a stop signal. */
export const main = (services: ServiceList, names: readonly string[]): void => {
  start(services, names).catch((error: unknown) => {
    if (error instanceof ConfigError) end(CONFIG, `${error.message}\n\nRun with --help for the list of settings.`);
    if (error instanceof Denied) end(DENIED, error.message);
    if (error instanceof Unreachable) end(UNAVAILABLE, error.message);
    if (error instanceof CannotRestore)
      end(
        1,
        `${error.message}${error.origin ? `\nIf this record is forged, let the start leave it out: PITRIX_RESTORE_SKIP=${error.origin}` : ""}`,
      );
    end(1, error instanceof Error ? (error.stack ?? error.message) : String(error));
  });
};
