import type { Command } from "commander";
import { loadServices } from "../chassis/list.ts";
import { type Audited, type AuditOptions, watchAudit } from "../chassis/operator/audit-run.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { services } from "../index.ts";
import { auditText, modelAuditText } from "./audit-text.ts";
import { operatorOf } from "./choose.ts";
import { logOf, type Platform, servicesClient } from "./connection.ts";
import { type Shell, seconds, whole } from "./shell.ts";

type Options = AuditOptions & { readonly watch?: number | true };

/** The part of the streams whose documents a watching audit looks at, in percent, and the seconds between two looks. */
const WATCHED = 5;
const EVERY = 300;

/** Adds `pitrix audit`. */
export const addAudit = (pitrix: Command, { terminal, paint, signal, print, reading, on }: Shell): void => {
  const isBroken = ({ findings, read_models }: Audited): boolean => findings.length > 0 || (read_models?.findings.length ?? 0) > 0;
  const textOf = (audit: Audited, isAsked: boolean): string =>
    `${auditText(audit, isAsked, paint)}${audit.read_models ? `\n${modelAuditText(audit.read_models, paint)}` : ""}`;

  /** An audit, as often as it is asked for. With rights on Kafka, one that watches reads only what is new. */
  const roundsOf = async (platform: Platform, { watch, stream, logOnly, ...options }: Options): Promise<() => Promise<Audited>> => {
    const sample = options.sample ?? (watch === undefined ? undefined : WATCHED);
    if (watch !== undefined && !platform.gateway) {
      const loaded = await loadServices(services);
      const means = { platform: servicesClient(platform), log: logOf(platform), loaded, signal, progress: reading };
      return watchAudit(means, { ...(stream !== undefined && { stream }), ...(logOnly && { logOnly }), sample: sample ?? WATCHED });
    }
    const asked = { ...(stream !== undefined && { stream }), ...(logOnly && { log_only: true }), ...(sample !== undefined && { sample }) };
    return () => operatorOf(platform).inspect({ inspection: "audit", ...asked }, reading, signal);
  };

  pitrix
    .command("audit")
    .description(
      "check that the log holds every version of every stream in order, exactly what its services have committed, and that every read model is what the events make",
    )
    .option("--stream <id>", "only the log of this stream, for example cluster/cl-1")
    .option("--log-only", "do not ask the services: a forged event, a lost one or a wrong document is not found")
    .option("--sample <percent>", "only this part of the streams, drawn anew each time", whole)
    .option(
      "--watch [time]",
      `look again and again until interrupted, every 5m by default: at what is new, and the documents of ${WATCHED} %`,
      seconds,
    )
    .addHelpText(
      "after",
      "\nDocuments are folded in memory, a part at a time: a long log is read several times. --watch reads the log for a part of the streams, then for half an\nhour only what is new, then for another part.\nServices count what is found as pitrix_log_divergence_total and pitrix_readmodel_divergence_total.\n\nExamples:\n  pitrix audit\n  pitrix audit --sample 10\n  pitrix audit --watch 10m --sample 1\n  pitrix audit --stream cluster/cl-1 --json | jq '.findings[]'",
    )
    .action((options: Options) =>
      on(async (platform) => {
        const { stream, logOnly = false, watch } = options;
        if (options.sample !== undefined && options.sample > 100)
          throw new CommandFailed("--sample takes 1 to 100 percent", exitCodes.usage);
        const round = await roundsOf(platform, options);
        for (let isFirst = true; isFirst || watch !== undefined; isFirst = false) {
          const audit = await round();
          print(audit, () => textOf(audit, !logOnly));
          if (isBroken(audit)) terminal.exit(exitCodes.failed);
          else if (stream !== undefined && audit.records === 0)
            throw new CommandFailed(`the log has no events of ${stream}`, exitCodes.notFound);
          if (watch !== undefined) await pause(1_000 * (watch === true ? EVERY : watch), signal);
          if (signal.aborted) break;
        }
      }),
    );
};

const pause = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
};
