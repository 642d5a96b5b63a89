import type { Command } from "commander";
import { type EventFilter, eventJson, eventLine, followEvents, logOf, readEvents, type Seen } from "./events.ts";
import type { Shell } from "./shell.ts";

/** Adds `pitrix events`. */
export const addEvents = (pitrix: Command, { paint, signal, isJson, writeLine, on }: Shell): void => {
  pitrix
    .command("events")
    .description("print the decoded events of the log, oldest first; above 10000 events, only each stream is in order")
    .option("--follow", "print new events until interrupted")
    .option("--from-start", "with --follow, print the existing events first")
    .option("--type <event>", "only events of this type, for example ClusterStopped")
    .option("--stream <id>", "only events of this stream, for example cluster/cl-1")
    .option("--correlation <id>", "only events with this correlation id")
    .addHelpText(
      "after",
      "\nExamples:\n  pitrix events --follow\n  pitrix events --stream cluster/cl-1\n  pitrix events --correlation 4f2c… --json",
    )
    .action((given: EventFilter & { readonly follow?: boolean; readonly fromStart?: boolean }) =>
      on(async (platform) => {
        const log = logOf(platform);
        const show = (event: Seen): void => writeLine(isJson() ? JSON.stringify(eventJson(event)) : eventLine(event, paint));
        if (given.follow) await followEvents(log, given, given.fromStart === true, signal, show);
        else await readEvents(log, given, signal, show);
      }),
    );
};
