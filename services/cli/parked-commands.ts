import { type Command, Option } from "commander";
import { CommandFailed, exitCodes } from "./failure.ts";
import { plain } from "./output.ts";
import { awaitParked, discardParked, type Ending, type Filter, listParked, parkedTable, redriveParked, showParked } from "./parked.ts";
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
export const addParked = (pitrix: Command, { terminal, paint, print, on }: Shell): void => {
  const parked = pitrix
    .command("parked")
    .description("list, redrive or discard parked streams: streams that wait because one of their events failed")
    .addHelpText("after", "\nExamples:\n  pitrix parked list\n  pitrix parked redrive --stream cluster/cl-1");
  filtered(parked.command("list"))
    .description("list parked streams with the failed event and the reason")
    .addHelpText("after", "\nExamples:\n  pitrix parked list --service cluster\n  pitrix parked list --type ClusterStopped --older-than 1h")
    .action((given: Given) =>
      on(async (platform) => {
        const streams = await listParked(platform, filterOf(given));
        print({ streams }, () => (streams.length === 0 ? "Nothing is parked." : parkedTable(streams, paint, Date.now())));
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
    .option("--dry-run", "list the matching streams without retrying them")
    .addOption(new Option("--wait <time>", "maximum time to wait for the outcome").argParser(seconds).default(30, "30s"))
    .addHelpText(
      "after",
      '\nExamples:\n  pitrix parked redrive --stream cluster/cl-1\n  pitrix parked redrive --service app --reason "is not iterable" --dry-run\n  pitrix parked redrive --all --wait 5m',
    )
    .action((given: Given & { readonly all?: boolean; readonly dryRun?: boolean; readonly wait: number }) =>
      on(async (platform) => {
        const filter = filterOf(given);
        if (!given.all && Object.values(filter).every((value) => value === undefined))
          throw new CommandFailed("no streams selected: use --stream, --type, --reason or another filter, or --all", exitCodes.usage);
        const streams = await redriveParked(platform, filter, given.dryRun === true);
        if (given.dryRun)
          return print({ dryRun: true, streams }, () =>
            streams.length === 0
              ? "No parked stream matches."
              : `These streams would be retried:\n${parkedTable(streams, paint, Date.now())}`,
          );
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
    .addOption(new Option("--wait <time>", "maximum time to wait for the outcome").argParser(seconds).default(30, "30s"))
    .addHelpText("after", '\nExample:\n  pitrix parked discard cluster jobs__v1 cluster/cl-1@12 --reason "written by a retired tool"')
    .action((service: string, subscription: string, eventId: string, { reason, wait }: { reason: string; wait: number }) =>
      on(async (platform) => {
        const all = await listParked(platform, { service, subscription });
        const stream = all.find((each) => each.eventId === eventId)?.stream;
        if (stream === undefined)
          throw new CommandFailed(
            `${eventId} is not the first event of a stream that ${service} has parked in ${subscription}; see \`pitrix parked list --service ${service}\``,
            exitCodes.notFound,
          );
        const streams = await discardParked(platform, { service, subscription, stream, eventId, reason });
        const endings = await awaitParked(platform, streams, wait * 1_000);
        print({ discarded: eventId, streams: endings.map(({ stream: discarded, state, now }) => ({ ...discarded, ...now, state })) }, () =>
          endingText(endings),
        );
        if (endings.some(({ state }) => state === "pending")) terminal.exit(exitCodes.failed);
      }),
    );
};
