import type { Command } from "commander";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { buildIn, thisBuild } from "./build.ts";
import { logOf } from "./connection.ts";
import { type Shell, whole } from "./shell.ts";
import { whatIf } from "./what-if.ts";
import { hasDifferences, whatIfText } from "./what-if-text.ts";

type Options = { readonly with: string; readonly service?: string; readonly sample?: number };

/** Adds `pitrix replay diff`. */
export const addWhatIf = (replay: Command, { terminal, paint, signal, print, bar, on }: Shell): void => {
  replay
    .command("diff")
    .description("feed the log through the tables of another build, and show what it would make in another way; nothing is written")
    .requiredOption("--with <directory>", "the other build, compiled: its root, or its dist. Its code is loaded: name only what you trust")
    .option("--service <name>", "only the tables of this service")
    .option("--sample <percent>", "only this part of the streams, drawn anew each time", whole)
    .addHelpText(
      "after",
      "\nCompares the documents of read models, the states of aggregates, the commands of reactions, and the decisions on them and on timers.\nWhat people have asked for, signals, and what the outside has answered, is not decided again.\nEnds with 1 if something differs.\n\nExamples:\n  pitrix replay diff --with ../pitrix-next\n  pitrix replay diff --with ../pitrix-next --service cluster --json | jq '.compared[] | select(.differ > 0)'",
    )
    .action(({ with: directory, service, sample = 100 }: Options) =>
      on(async (platform) => {
        if (sample > 100) throw new CommandFailed("--sample takes 1 to 100 percent", exitCodes.usage);
        const log = logOf(platform);
        const [here, there] = [await thisBuild(), await buildIn(directory)];
        if (service !== undefined && !here.services.some(({ name }) => name === service))
          throw new CommandFailed(
            `there is no service ${service}; there are ${here.services.map(({ name }) => name).join(", ")}`,
            exitCodes.notFound,
          );
        const buckets = Math.max(1, Math.round(100 / sample));
        const progress = (read: number, all: number): void => bar(read < all ? `${read} of ${all} records` : "");
        const part = { buckets, bucket: Math.floor(Math.random() * buckets) };
        const found = await whatIf(log, here, there, { sample: part, service, signal, progress });
        print(found, () => whatIfText(found, paint));
        if (hasDifferences(found)) terminal.exit(exitCodes.failed);
      }),
    );
};
