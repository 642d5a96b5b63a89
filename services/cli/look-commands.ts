import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { isOdd } from "../../events/map/index.ts";
import { loadServices } from "../chassis/list.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { services } from "../index.ts";
import { operatorOf } from "./choose.ts";
import { commandText, followCommand } from "./command.ts";
import { liveMapSvg, liveMapText, stateText } from "./look-text.ts";
import { type Shell, seconds } from "./shell.ts";

/** Adds the commands that look at what happened: `pitrix why`, `at` and `map`. */
export const addLooks = (pitrix: Command, { terminal, paint, signal, print, reading: bar, on }: Shell): void => {
  pitrix
    .command("why")
    .alias("command")
    .description(
      "show what a request or a job caused, or what led to an event: the tree of events, the read models that they change, and the unfinished work",
    )
    .argument("<id>", "the X-Request-Id of a response, the id of a job, or the id of an event")
    .addHelpText("after", "\nExamples:\n  pitrix why j-x7Bq1\n  pitrix why cluster/cl-x7@12")
    .action((id: string) =>
      on(async (platform) => {
        const found = await followCommand(platform, id);
        print(found, () => commandText(found, paint, id));
      }),
    );
  pitrix
    .command("at")
    .description("show what an aggregate, or a document of a read model, was at a moment, folded from the log by the tables of this build")
    .argument("<when>", "a time (2026-01-31T12:00:00Z), a duration before now (5m), now, or an event id (cluster/cl-1@12)")
    .argument("<what>", "a stream (cluster/cl-1), or a document (cluster/clusters/cl-1)")
    .addHelpText(
      "after",
      "\nOf another stream than the event's, what counts is the event's time.\n\nExamples:\n  pitrix at cluster/cl-1@12 cluster/cl-1\n  pitrix at 2h cluster/clusters/cl-1\n  pitrix at now app/apps/app-1 --json | jq .state",
    )
    .action((when: string, what: string) =>
      on(async (platform) => {
        const state = await operatorOf(platform).inspect({ inspection: "at", when, what }, bar, signal);
        print(state, () => stateText(state, paint));
        if (state.event_id === null) terminal.exit(exitCodes.notFound);
      }),
    );
  pitrix
    .command("map")
    .description(
      "show which reactions, effects and timers were seen on the log, how often and how fast, and which are not as the tables say",
    )
    .option("--live", "lay what happened over the map")
    .option("--since <time>", "what to look at: so much time before now", seconds, 3_600)
    .option("--all", "look at the whole log")
    .option("--svg <file>", "also draw the map into this file")
    .addHelpText(
      "after",
      "\nEnds with 1 if something was seen that no table declares.\nThe map of the tables alone is docs/map.svg.\n\nExamples:\n  pitrix map --live --since 15m\n  pitrix map --live --all --svg map.svg",
    )
    .action(
      ({
        live = false,
        since,
        all = false,
        svg,
      }: {
        readonly live?: boolean;
        readonly since: number;
        readonly all?: boolean;
        readonly svg?: string;
      }) =>
        on(async (platform) => {
          if (!live) throw new CommandFailed("say --live; the map of the tables alone is docs/map.svg", exitCodes.usage);
          const loaded = await loadServices(services);
          const found = await operatorOf(platform).inspect({ inspection: "map", ...(!all && { seconds: since }) }, bar, signal);
          if (svg !== undefined) writeFileSync(svg, liveMapSvg(loaded, found));
          print({ ...found, rows: found.rows.map((row) => ({ ...row, odd: isOdd(row) })) }, () => liveMapText(found, paint));
          if (found.rows.some(({ declared }) => !declared)) terminal.exit(exitCodes.failed);
        }),
    );
};
