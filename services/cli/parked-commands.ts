import { type Command, Option } from "commander";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import type { Filter } from "./operator.ts";
import { plain } from "./output.ts";
import {
  awaitParked,
  discardParked,
  type Ending,
  listParked,
  parkedTable,
  reasonsIn,
  reasonsTable,
  redriveParked,
  showParked,
} from "./parked.ts";
import { type Shell, seconds, whole } from "./shell.ts";

type Given = Omit<Filter, "olderThanSeconds"> & { readonly olderThan?: number };
const filterOf = ({ service, subscription, stream, reason, type, olderThan }: Given): Filter => ({
  ...{ service, subscription, stream, reason, type, olderThanSeconds: olderThan },
});
const filtered = (command: Command): Command =>
  command
    .option("--service <name>", "only streams of this service")
    .option("--subscription <name>", "only streams of this read model, or of `reactions`")
    .option("--stream <id>", "only this stream, for example cluster/cl-1")
    .option("--type <event>", "only streams whose failed event has this type")
    .option("--reason <text>", "only streams whose reason contains this text (case-insensitive)")
    .option("--older-than <time>", "only streams parked for longer than this, for example 30s, 5m, 2h", seconds);

/** Adds `pitrix parked`. */
export const addParked = (pitrix: Command, { terminal, paint, print, agreed, on }: Shell): void => {
  const parked = pitrix
    .command("parked")
    .description("list, redrive or discard parked streams: streams that wait because one of their events failed")
    .addHelpText("after", "\nExamples:\n  pitrix parked reasons\n  pitrix parked list\n  pitrix parked redrive --stream cluster/cl-1");
  filtered(parked.command("list"))
    .description("list parked streams with the failed event and the reason")
    .addHelpText("after", "\nExamples:\n  pitrix parked list --service cluster\n  pitrix parked list --type ClusterStopped --older-than 1h")
    .action((given: Given) =>
      on(async (platform) => {
        const streams = await listParked(platform, filterOf(given));
        print({ streams }, () => (streams.length === 0 ? "Nothing is parked." : parkedTable(streams, paint, Date.now())));
      }),
    );

  filtered(parked.command("reasons"))
    .description("group parked streams by reason, whatever ids it names")
    .addHelpText("after", "\nExample:\n  pitrix parked reasons --older-than 10m")
    .action((given: Given) =>
      on(async (platform) => {
        const reasons = reasonsIn(await listParked(platform, filterOf(given)));
        print({ reasons }, () => (reasons.length === 0 ? "Nothing is parked." : reasonsTable(reasons, paint, Date.now())));
      }),
    );

  parked
    .command("show")
    .description("show the events of a parked stream, in order")
    .argument("<service>", "the service that parked the stream")
    .argument("<stream>", "the stream id, for example cluster/cl-1")
    .option("--subscription <name>", "only this subscription, if several have parked the stream")
    .option("--limit <number>", "maximum number of events", whole, 20)
    .addHelpText("after", "\nExample:\n  pitrix parked show cluster cluster/cl-1 --json")
    .action((service: string, stream: string, { subscription, limit }: { subscription?: string; limit: number }) =>
      on(async (platform) => {
        const { total, events } = await showParked(platform, service, stream, subscription, limit);
        const line = (event: (typeof events)[number]): string =>
          `${paint("cyan", plain(event.eventId))}  ${plain(event.type)}  ${plain(event.subscription)}  from ${plain(event.origin)}\n` +
          `  ${paint(Number(event.attempts) > 0 ? "red" : "dim", plain(event.reason))}\n  ${plain(JSON.stringify(event.event ?? { unreadable: event.unreadable }))}`;
        const more = total > events.length ? `\n… and ${total - events.length} more (--limit)` : "";
        print({ total, events }, () => `${events.map(line).join("\n")}${more}`);
      }),
    );

  filtered(parked.command("redrive"))
    .description("retry parked streams, starting with the failed event")
    .option("--all", "retry every parked stream")
    .option("--yes", "retry them; without it, they are only listed")
    .option("--dry-run", "only list them, also with --yes")
    .addOption(new Option("--wait <time>", "maximum time to wait for the outcome").argParser(seconds).default(30, "30s"))
    .addHelpText(
      "after",
      '\nExamples:\n  pitrix parked redrive --stream cluster/cl-1\n  pitrix parked redrive --service app --reason "is not iterable" --yes\n  pitrix parked redrive --all --wait 5m --yes',
    )
    .action((given: Given & { readonly all?: boolean; readonly dryRun?: boolean; readonly yes?: boolean; readonly wait: number }) =>
      on(async (platform) => {
        const filter = filterOf(given);
        if (!given.all && Object.values(filter).every((value) => value === undefined))
          throw new CommandFailed("no streams selected: use --stream, --type, --reason or another filter, or --all", exitCodes.usage);
        const matching = await redriveParked(platform, filter, true);
        const shown = (): string =>
          matching.length === 0
            ? "No parked stream matches."
            : `These streams would be retried:\n${parkedTable(matching, paint, Date.now())}`;
        if (given.dryRun || matching.length === 0) return print({ dryRun: given.dryRun === true, streams: matching }, shown);
        if (!(await agreed({ streams: matching }, shown, given.yes))) return;
        const streams = await redriveParked(platform, filter, false);
        const endings = await awaitParked(platform, streams, given.wait * 1_000);
        print({ dryRun: false, streams: endings.map(({ stream, state, now }) => ({ ...stream, ...now, state })) }, () =>
          endingText(endings),
        );
        if (endings.some(({ state }) => state !== "done")) terminal.exit(exitCodes.failed);
      }),
    );

  const endingText = (endings: readonly Ending[]): string => {
    if (endings.length === 0) return "No parked stream matches.";
    const lines = endings.map(({ stream, state, now }) => {
      const where = `${plain(stream.service)}  ${plain(stream.subscription)}  ${plain(stream.stream)}`;
      if (state === "done") return `${paint("green", "done")}          ${where}`;
      if (state === "pending")
        return `${paint("yellow", "pending")}       ${where}  its owner has not finished; see \`pitrix parked list\``;
      return `${paint("red", "parked again")}  ${where}  at ${plain(now?.eventId)} after ${now?.attempts} tries: ${plain(now?.reason)}`;
    });
    return lines.join("\n");
  };

  parked
    .command("discard")
    .description("skip the failed event of a parked stream permanently; the later events continue")
    .argument("<service>", "the service that parked the stream")
    .argument("<subscription>", "the subscription, as shown by `pitrix parked list`")
    .argument("<event>", "the id of the failed event, for example cluster/cl-1@12")
    .requiredOption("--reason <text>", "the reason; the dead letter topic records it with the user and the time")
    .option("--yes", "discard it; without it, it is only shown")
    .addOption(new Option("--wait <time>", "maximum time to wait for the outcome").argParser(seconds).default(30, "30s"))
    .addHelpText("after", '\nExample:\n  pitrix parked discard cluster jobs__v1 cluster/cl-1@12 --reason "written by a retired tool" --yes')
    .action(
      (service: string, subscription: string, eventId: string, { reason, wait, yes }: { reason: string; wait: number; yes?: boolean }) =>
        on(async (platform) => {
          const all = await listParked(platform, { service, subscription });
          const found = all.find((each) => each.eventId === eventId);
          if (found === undefined)
            throw new CommandFailed(
              `${eventId} is not the first event of a stream that ${service} has parked in ${subscription}; see \`pitrix parked list --service ${service}\``,
              exitCodes.notFound,
            );
          const { stream } = found;
          const { events } = await showParked(platform, service, stream, subscription, 1);
          const shown = (): string =>
            `This event would be skipped for ever, and ${found.events - 1} later ones of its stream would go on:\n` +
            `${parkedTable([found], paint, Date.now())}\n${plain(JSON.stringify(events[0]?.event ?? { unreadable: events[0]?.unreadable }))}`;
          if (!(await agreed({ event: events[0] }, shown, yes))) return;
          const streams = await discardParked(platform, { service, subscription, stream, eventId, reason });
          const endings = await awaitParked(platform, streams, wait * 1_000);
          print(
            { discarded: eventId, streams: endings.map(({ stream: discarded, state, now }) => ({ ...discarded, ...now, state })) },
            () => endingText(endings),
          );
          if (endings.some(({ state }) => state === "pending")) terminal.exit(exitCodes.failed);
        }),
    );
};
