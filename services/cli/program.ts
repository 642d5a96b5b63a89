import { Command, InvalidArgumentError, Option } from "commander";
import type { Log, LogRecord } from "../../events/index.ts";
import type { Environment } from "../chassis/process/config.ts";
import { aclLines, platformAcls } from "./acls.ts";
import { auditOf, auditText } from "./audit.ts";
import { commandText, followCommand } from "./command.ts";
import { connectPlatform, type Platform } from "./connection.ts";
import { readSetup } from "./environment.ts";
import { type EventFilter, eventJson, eventLine, followEvents, readEvents, type Seen, topicsFor } from "./events.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { painter, plain, secondsOf, type Terminal } from "./output.ts";
import { awaitParked, discardParked, type Ending, type Filter, listParked, parkedTable, redriveParked, showParked } from "./parked.ts";
import { readRecords } from "./reading.ts";
import {
  filled,
  modelOf,
  modelsOf,
  modelsTable,
  move,
  promoted,
  type Target,
  targetIn,
  type Verification,
  verificationText,
  verified,
} from "./replay.ts";
import { serviceStates, servicesTable } from "./services.ts";

const seconds = (text: string): number => {
  const value = secondsOf(text);
  if (value === undefined) throw new InvalidArgumentError("expected a duration such as 30s, 5m, 2h or 1d");
  return value;
};
const whole = (text: string): number => {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("expected a whole number from 1 to 999999");
  return Number(text);
};

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

/** The `pitrix` command. `signal` stops commands that do not end by themselves. */
export const program = (terminal: Terminal, environment: Environment, signal: AbortSignal): Command => {
  const paint = painter(terminal, environment);
  const pitrix = new Command("pitrix");
  const isJson = (): boolean => pitrix.opts().json === true;
  const writeLine = (text: string): void => terminal.write(`${text}\n`);
  const print = (value: object, text: () => string): void => writeLine(isJson() ? JSON.stringify(value) : text());
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
    .option("--json", "print JSON")
    .option("--platform <directory>", "directory of the local platform, used if KAFKA_BROKERS is not set", ".pitrix/platform")
    .showHelpAfterError("(run with --help for usage and examples)")
    .exitOverride()
    .configureOutput({ writeOut: terminal.write })
    .addHelpText(
      "after",
      `
Settings, from the environment:
  KAFKA_BROKERS        addresses of Kafka, for service discovery and events: host:port,...
  PITRIX_SERVICES      URLs of the services, the gateway's for operators, instead of discovery: app=http://host:port,...
  PITRIX_TOKEN         an administrator's access token, or
  PITRIX_SEALING_KEYS  the platform's keys, which authenticate this command
  KAFKA_SASL, KAFKA_TLS, KAFKA_CA, PITRIX_INTERNAL_TLS_CERT, ...
                       transport security, with the same values as for a service

Exit codes: 0 success, 1 failure, 64 invalid usage, 66 not found, 69 service unavailable, 77 access denied, 78 invalid settings

Examples:
  pitrix services
  pitrix parked list
  pitrix parked redrive --reason "cannot read" --dry-run
  pitrix events --follow --type ClusterStopped
  pitrix audit`,
    );

  pitrix
    .command("services")
    .description("list running instances, their health, the lag of their subscriptions, and the number of parked streams")
    .addHelpText("after", "\nExample:\n  pitrix services --json | jq '.services[].subscriptions[] | select(.lag > 0)'")
    .action(() =>
      on(async (platform) => {
        const services = await serviceStates(platform);
        print({ services }, () => servicesTable(services, paint, Date.now()));
        if (services.some(({ instances }) => instances.some(({ state }) => state !== "ready"))) terminal.exit(exitCodes.failed);
      }),
    );

  pitrix
    .command("command")
    .description("show the events that a request or an action caused, and the unfinished work")
    .argument("<id>", "the X-Request-Id of a response, or the id of a job")
    .addHelpText("after", "\nExample:\n  pitrix command j-x7Bq1")
    .action((id: string) =>
      on(async (platform) => {
        const found = await followCommand(platform, id);
        print(found, () => commandText(found, paint));
      }),
    );

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

  pitrix
    .command("audit")
    .description("check that the log holds every version of every stream in order, and nothing that its service has not published")
    .option("--stream <id>", "only this stream, for example cluster/cl-1")
    .option("--log-only", "do not ask the services: a forged event is not found")
    .addHelpText("after", "\nExamples:\n  pitrix audit\n  pitrix audit --stream cluster/cl-1 --json | jq '.findings[]'")
    .action(({ stream, logOnly = false }: { readonly stream?: string; readonly logOnly?: boolean }) =>
      on(async (platform) => {
        const { take, finish } = await auditOf(logOnly ? undefined : platform);
        const check = async (record: LogRecord): Promise<void> => {
          if (stream === undefined || record.key === stream) await take(record);
        };
        const progress = (read: number, all: number): void => {
          if (terminal.isTerminal && !isJson()) terminal.write(`\r\u001b[K${read} of ${all} records${read < all ? "" : "\r\u001b[K"}`);
        };
        if (!(await readRecords(logOf(platform), topicsFor({ stream }), signal, check, progress)))
          throw new CommandFailed("interrupted before the log was read");
        const audit = await finish();
        print(audit, () => auditText(audit, !logOnly, paint));
        if (audit.findings.length > 0) terminal.exit(exitCodes.failed);
        else if (stream !== undefined && audit.records === 0)
          throw new CommandFailed(`the log has no events of ${stream}`, exitCodes.notFound);
      }),
    );
  const bar = (text: string): void => {
    if (terminal.isTerminal && !isJson()) terminal.write(`\r\u001b[K${text}`);
  };
  const filling = (read: number, end: number): void => {
    const share = end === 0 ? 1 : read / end;
    bar(share < 1 ? `[${"=".repeat(Math.floor(30 * share)).padEnd(30)}] ${Math.floor(100 * share)} %  ${read} of ${end} records` : "");
  };
  const verify = async (platform: Platform, target: Target, collection?: string): Promise<Verification> => {
    const found = await verified(platform, target, collection, (compared) => bar(`${compared} documents compared`), signal);
    bar("");
    return found;
  };
  const replay = pitrix
    .command("replay")
    .description("fill a read model anew beside the live one, compare the two, and switch")
    .addHelpText("after", "\nExamples:\n  pitrix replay run cluster/clusters --promote\n  pitrix replay status cluster");
  replay
    .command("status")
    .description("list the collections of read models: which one is active, which ones are being filled, and how far they are")
    .argument("[service]", "only this service")
    .action((service?: string) =>
      on(async (platform) => {
        const models = await modelsOf(platform, service);
        print({ models }, () => modelsTable(models, paint));
      }),
    );
  const model = "the service and its read model, for example cluster/clusters";
  replay
    .command("run")
    .description("fill a new collection from the log, while the live one serves and is updated; then compare the two")
    .argument("<read model>", model)
    .option("--promote", "let queries read the new collection if the two are equal")
    .addHelpText(
      "after",
      "\nThe platform fills the collection by itself: interrupting this command does not stop it; `pitrix replay abort` does.",
    )
    .action((text: string, { promote = false }: { readonly promote?: boolean }) =>
      on(async (platform) => {
        const target = targetIn(text);
        await modelOf(platform, target);
        await move(platform, target, "rebuild");
        await filled(platform, target, filling, signal);
        const found = await verify(platform, target);
        const isEqual = found.differences.length === 0;
        if (promote && isEqual) await move(platform, target, "promote", found.collection);
        const after = promote && isEqual ? await promoted(platform, target, signal) : await modelOf(platform, target);
        const isActive = after.active === found.collection;
        const next = isActive
          ? "It is active now."
          : `Switch with \`pitrix replay promote ${text}\`, or give it up with \`pitrix replay abort ${text}\`.`;
        print({ ...found, active: after.active }, () => `${verificationText(found, paint)}\n${next}`);
        if (!isEqual) terminal.exit(exitCodes.failed);
      }),
    );
  replay
    .command("verify")
    .description("compare the collection beside the live one with it, document by document, while both are updated")
    .argument("<read model>", model)
    .option("--collection <name>", "this collection, as shown by `pitrix replay status`")
    .action((text: string, { collection }: { readonly collection?: string }) =>
      on(async (platform) => {
        const target = targetIn(text);
        await modelOf(platform, target);
        const found = await verify(platform, target, collection);
        print(found, () => verificationText(found, paint));
        if (found.differences.length > 0) terminal.exit(exitCodes.failed);
      }),
    );
  const switching = [
    ["promote", "let queries read the new collection, once it has caught up and every instance can read it"],
    ["rollback", "let queries read the former collection again, which is kept for ten minutes"],
    ["abort", "give up the new collection and drop it"],
  ] as const;
  for (const [action, description] of switching)
    replay
      .command(action)
      .description(description)
      .argument("<read model>", model)
      .action((text: string) =>
        on(async (platform) => {
          const target = targetIn(text);
          await modelOf(platform, target);
          await move(platform, target, action);
          const after = await promoted(platform, target, signal);
          print(after, () => modelsTable([after], paint));
        }),
      );
  pitrix
    .command("acls")
    .description("print the access control list that the platform needs on a Kafka of your own, as arguments of kafka-acls.sh")
    .option("--third-party <name...>", "also the rights of consumers with these user names: to read the public topics", [])
    .addHelpText("after", "\nExample:\n  pitrix acls --third-party audit | xargs -L1 kafka-acls.sh --bootstrap-server host:port")
    .action(async ({ thirdParty }: { readonly thirdParty: readonly string[] }) => {
      const acls = await platformAcls(thirdParty);
      print({ acls }, () => aclLines(acls).join("\n"));
    });
  return pitrix;
};

const logOf = (platform: Platform): Log => {
  const log = platform.log();
  if (!log) throw new CommandFailed("set KAFKA_BROKERS to the platform's Kafka, for example host:port,host:port", exitCodes.settings);
  return log;
};
