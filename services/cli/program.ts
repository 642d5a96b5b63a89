import { Command, InvalidArgumentError, Option } from "commander";
import type { Log, LogRecord } from "../../events/index.ts";
import { auditor } from "../../events/runtime.ts";
import type { Environment } from "../chassis/process/config.ts";
import { auditText } from "./audit.ts";
import { commandText, followCommand } from "./command.ts";
import { connectPlatform, type Platform } from "./connection.ts";
import { readSetup } from "./environment.ts";
import { type EventFilter, eventJson, eventLine, followEvents, readEvents, type Seen, topicsFor } from "./events.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { painter, plain, secondsOf, type Terminal } from "./output.ts";
import { awaitParked, discardParked, type Ending, type Filter, listParked, parkedTable, redriveParked, showParked } from "./parked.ts";
import { readRecords } from "./reading.ts";
import { serviceStates, servicesTable } from "./services.ts";

const seconds = (text: string): number => {
  const value = secondsOf(text);
  if (value === undefined) throw new InvalidArgumentError("expected a time as in 30s, 5m, 2h or 1d");
  return value;
};
const whole = (text: string): number => {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("expected a number from 1");
  return Number(text);
};

type Given = Omit<Filter, "olderThanSeconds"> & { readonly olderThan?: number };
const filterOf = ({ service, subscription, stream, reason, type, olderThan }: Given): Filter => ({
  ...{ service, subscription, stream, reason, type, olderThanSeconds: olderThan },
});
const filtered = (command: Command): Command =>
  command
    .option("--service <name>", "only of this service")
    .option("--subscription <name>", "only of this read model or `reactions`")
    .option("--stream <id>", "only this stream, as in cluster/cl-1")
    .option("--type <event>", "only where this type of event cannot be handled")
    .option("--reason <text>", "only where the reason has this text, in any case")
    .option("--older-than <time>", "only if parked longer ago, as in 30s, 5m, 2h", seconds);

/** The `pitrix` command. `signal` ends what would go on for ever. */
export const program = (terminal: Terminal, environment: Environment, signal: AbortSignal): Command => {
  const paint = painter(terminal, environment);
  const pitrix = new Command("pitrix");
  const isJson = (): boolean => pitrix.opts().json === true;
  const say = (text: string): void => terminal.write(`${text}\n`);
  const tell = (value: object, text: () => string): void => say(isJson() ? JSON.stringify(value) : text());
  const on = async <T>(work: (platform: Platform) => Promise<T>): Promise<T> => {
    const platform = connectPlatform(readSetup(environment, pitrix.opts().platform));
    try {
      return await work(platform);
    } finally {
      await platform.close();
    }
  };

  pitrix
    .description("Operates a Pitrix platform.")
    .option("--json", "answer in JSON, for programs")
    .option("--platform <directory>", "the platform of this machine, where KAFKA_BROKERS names no other", ".pitrix/platform")
    .showHelpAfterError("(run with --help for usage and examples)")
    .exitOverride()
    .configureOutput({ writeOut: terminal.write })
    .addHelpText(
      "after",
      `
Settings, from the environment:
  KAFKA_BROKERS        where services are found and events are read
  PITRIX_SERVICES      where services are, if they need not be found: app=http://host:port,...
  PITRIX_TOKEN         an administrator's access token, or
  PITRIX_SEALING_KEYS  the platform's keys, which prove that the command belongs to it
  KAFKA_SASL, KAFKA_TLS, KAFKA_CA, PITRIX_INTERNAL_TLS_CERT, ... as for a service, where the wires are secured

Exit codes: 0 done, 1 not done, 64 wrong usage, 66 not found, 69 does not answer, 77 denied, 78 wrong settings

Examples:
  pitrix services
  pitrix parked list
  pitrix parked redrive --reason "cannot read" --dry-run
  pitrix events --follow --type ClusterStopped
  pitrix audit`,
    );

  pitrix
    .command("services")
    .description("instances that are alive, whether they are ready or why not, lag and parked streams")
    .addHelpText("after", "\nExample:\n  pitrix services --json | jq '.services[].subscriptions[] | select(.lag > 0)'")
    .action(() =>
      on(async (platform) => {
        const services = await serviceStates(platform);
        tell({ services }, () => servicesTable(services, paint, Date.now()));
        if (services.some(({ instances }) => instances.some(({ state }) => state !== "ready"))) terminal.exit(exitCodes.failed);
      }),
    );

  pitrix
    .command("command")
    .description("what a request or an action has set going, and what is not done yet")
    .argument("<id>", "the X-Request-Id of a request's answer, or a job's id")
    .addHelpText("after", "\nExample:\n  pitrix command j-x7Bq1")
    .action((id: string) =>
      on(async (platform) => {
        const found = await followCommand(platform, id);
        tell(found, () => commandText(found, paint));
      }),
    );

  const parked = pitrix.command("parked").description("streams that wait because an event of theirs cannot be handled");
  filtered(parked.command("list"))
    .description("parked streams, with the event that cannot be handled and why")
    .addHelpText("after", "\nExamples:\n  pitrix parked list --service cluster\n  pitrix parked list --type ClusterStopped --older-than 1h")
    .action((given: Given) =>
      on(async (platform) => {
        const streams = await listParked(platform, filterOf(given));
        tell({ streams }, () => (streams.length === 0 ? "Nothing is parked." : parkedTable(streams, paint, Date.now())));
      }),
    );

  parked
    .command("show")
    .description("the events of a parked stream, in their order")
    .argument("<service>", "who has parked it")
    .argument("<stream>", "as in cluster/cl-1")
    .option("--subscription <name>", "where several have parked it")
    .option("--limit <number>", "so many events", whole, 20)
    .addHelpText("after", "\nExample:\n  pitrix parked show cluster cluster/cl-1 --json")
    .action((service: string, stream: string, { subscription, limit }: { subscription?: string; limit: number }) =>
      on(async (platform) => {
        const { total, events } = await showParked(platform, service, stream, subscription, limit);
        const line = (event: (typeof events)[number]): string =>
          `${paint("cyan", plain(event.eventId))}  ${plain(event.type)}  ${plain(event.subscription)}  from ${plain(event.origin)}\n` +
          `  ${paint(Number(event.attempts) > 0 ? "red" : "dim", plain(event.reason))}\n  ${plain(JSON.stringify(event.event ?? { unreadable: event.unreadable }))}`;
        const more = total > events.length ? `\n… and ${total - events.length} more (--limit)` : "";
        tell({ total, events }, () => `${events.map(line).join("\n")}${more}`);
      }),
    );

  filtered(parked.command("redrive"))
    .description("try parked streams again, from the event that could not be handled on")
    .option("--all", "every parked stream")
    .option("--dry-run", "only say which")
    .addOption(new Option("--wait <time>", "wait so long for the outcome").argParser(seconds).default(30, "30s"))
    .addHelpText(
      "after",
      '\nExamples:\n  pitrix parked redrive --stream cluster/cl-1\n  pitrix parked redrive --service app --reason "is not iterable" --dry-run\n  pitrix parked redrive --all --wait 5m',
    )
    .action((given: Given & { readonly all?: boolean; readonly dryRun?: boolean; readonly wait: number }) =>
      on(async (platform) => {
        const filter = filterOf(given);
        if (!given.all && Object.values(filter).every((value) => value === undefined))
          throw new CommandFailed("say which streams are meant by --stream, --type, --reason or another filter, or --all", exitCodes.usage);
        const streams = await redriveParked(platform, filter, given.dryRun === true);
        if (given.dryRun)
          return tell({ dryRun: true, streams }, () =>
            streams.length === 0
              ? "Nothing that is parked is meant."
              : `These would be tried again:\n${parkedTable(streams, paint, Date.now())}`,
          );
        const endings = await awaitParked(platform, streams, given.wait * 1_000);
        tell({ dryRun: false, streams: endings.map(({ stream, state, now }) => ({ ...stream, ...now, state })) }, () =>
          endingText(endings),
        );
        if (endings.some(({ state }) => state !== "done")) terminal.exit(exitCodes.failed);
      }),
    );

  const endingText = (endings: readonly Ending[]): string => {
    if (endings.length === 0) return "Nothing that is parked is meant.";
    const lines = endings.map(({ stream, state, now }) => {
      const where = `${plain(stream.service)}  ${plain(stream.subscription)}  ${plain(stream.stream)}`;
      if (state === "done") return `${paint("green", "done")}          ${where}`;
      if (state === "pending")
        return `${paint("yellow", "pending")}       ${where}  its owner has not ended yet; see \`pitrix parked list\``;
      return `${paint("red", "parked again")}  ${where}  at ${plain(now?.eventId)} after ${now?.attempts} tries: ${plain(now?.reason)}`;
    });
    return lines.join("\n");
  };

  parked
    .command("discard")
    .description("leave out for good the first event of a parked stream, which cannot be mended; the later ones go on")
    .argument("<service>", "who has parked it")
    .argument("<subscription>", "as `pitrix parked list` names it")
    .argument("<event>", "the event's id, as in cluster/cl-1@12")
    .requiredOption("--reason <text>", "why; it is recorded on the dead letter topic with who and when")
    .addOption(new Option("--wait <time>", "wait so long for the outcome").argParser(seconds).default(30, "30s"))
    .addHelpText(
      "after",
      '\nExample:\n  pitrix parked discard cluster jobs__v1 cluster/cl-1@12 --reason "written by a tool that is no more"',
    )
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
        tell({ discarded: eventId, streams: endings.map(({ stream: asked, state, now }) => ({ ...asked, ...now, state })) }, () =>
          endingText(endings),
        );
        if (endings.some(({ state }) => state === "pending")) terminal.exit(exitCodes.failed);
      }),
    );

  pitrix
    .command("events")
    .description("what was announced, decoded, as any consumer of the log can; oldest first, beyond 10000 events in each stream only")
    .option("--follow", "what comes from now on, until interrupted")
    .option("--from-start", "with --follow, what is there as well")
    .option("--type <event>", "only of this type, as in ClusterStopped")
    .option("--stream <id>", "only of this stream, as in cluster/cl-1")
    .option("--correlation <id>", "only what goes back to this request")
    .addHelpText(
      "after",
      "\nExamples:\n  pitrix events --follow\n  pitrix events --stream cluster/cl-1\n  pitrix events --correlation 4f2c… --json",
    )
    .action((given: EventFilter & { readonly follow?: boolean; readonly fromStart?: boolean }) =>
      on(async (platform) => {
        const log = logOf(platform);
        const show = (event: Seen): void => say(isJson() ? JSON.stringify(eventJson(event)) : eventLine(event, paint));
        if (given.follow) await followEvents(log, given, given.fromStart === true, signal, show);
        else await readEvents(log, given, signal, show);
      }),
    );

  pitrix
    .command("audit")
    .description("is every version of every stream on the log, and did it come in order? reads headers only")
    .option("--stream <id>", "only this stream, as in cluster/cl-1")
    .addHelpText("after", "\nExamples:\n  pitrix audit\n  pitrix audit --stream cluster/cl-1 --json | jq '.findings[]'")
    .action(({ stream }: { readonly stream?: string }) =>
      on(async (platform) => {
        const { take, result } = auditor();
        const wanted = (record: LogRecord): void => {
          if (stream === undefined || record.key === stream) take(record);
        };
        const progress = (read: number, all: number): void => {
          if (terminal.isTerminal && !isJson()) terminal.write(`\r\u001b[K${read} of ${all} records${read < all ? "" : "\r\u001b[K"}`);
        };
        if (!(await readRecords(logOf(platform), topicsFor({ stream }), signal, wanted, progress)))
          throw new CommandFailed("interrupted before the log was read");
        const audit = result();
        tell(audit, () => auditText(audit, paint));
        if (audit.findings.length > 0) terminal.exit(exitCodes.failed);
        else if (stream !== undefined && audit.records === 0)
          throw new CommandFailed(`nothing of ${stream} is on the log`, exitCodes.notFound);
      }),
    );
  return pitrix;
};

const logOf = (platform: Platform): Log => {
  const log = platform.log();
  if (!log) throw new CommandFailed("set KAFKA_BROKERS to the platform's Kafka, as in host:port,host:port", exitCodes.settings);
  return log;
};
