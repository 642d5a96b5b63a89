import type { Command } from "commander";
import { loadServices } from "../chassis/list.ts";
import { type Audited, type AuditOptions, runAudit, watchAudit } from "../chassis/operator/audit-run.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { services } from "../index.ts";
import { auditText, modelAuditText } from "./audit-text.ts";
import { logOf, servicesClient } from "./connection.ts";
import { type Shell, seconds, whole } from "./shell.ts";

type Options = AuditOptions & { readonly watch?: number | true };

/** The part of the streams whose documents a watching audit looks at, in percent, and the seconds between two looks. */
const WATCHED = 5;
const EVERY = 300;

/** Adds `pitrix audit`. */
export const addAudit = (pitrix: Command, { terminal, paint, signal, print, bar, on }: Shell): void => {
  const isBroken = ({ findings, read_models }: Audited): boolean => findings.length > 0 || (read_models?.findings.length ?? 0) > 0;
  const textOf = (audit: Audited, isAsked: boolean): string =>
    `${auditText(audit, isAsked, paint)}${audit.read_models ? `\n${modelAuditText(audit.read_models, paint)}` : ""}`;

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
        const loaded = await loadServices(services);
        const progress = (read: number, all: number): void => bar(read < all ? `${read} of ${all} records` : "");
        const means = { platform: servicesClient(platform), log: logOf(platform), loaded, signal, progress };
        const round = watch === undefined ? () => runAudit(means, options) : watchAudit(means, { sample: WATCHED, ...options });
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
