import type { Command } from "commander";
import { contract } from "../chassis/contract.ts";
import { loadServices } from "../chassis/list.ts";
import { ownersOf } from "../chassis/operator/audit.ts";
import {
  type EventFilter,
  eventJson,
  findEvent,
  followEvents,
  partFor,
  readEvents,
  type Seen,
  secondsOf,
  topicsFor,
} from "../chassis/operator/events.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { services } from "../index.ts";
import { operatorOf } from "./choose.ts";
import { logOf, type Platform } from "./connection.ts";
import { eventDetails, eventLine, eventResultLine } from "./events-text.ts";
import {
  emptyDirectory,
  exportTopics,
  type ImportPlan,
  importTopic,
  type Manifest,
  planImport,
  readManifest,
  writeManifest,
} from "./export-events.ts";
import { REASON, recordOperation } from "./operation-record.ts";
import { plain, table } from "./output.ts";
import { type Shell, whole } from "./shell.ts";

/** Records in each service what was appended to its topics. */
const recordImport = async (platform: Platform, plans: readonly ImportPlan[], directory: string, reason: string): Promise<void> => {
  const owners = ownersOf(await loadServices(services));
  for (const { topic, records, there } of plans) {
    const owner = owners.get(topic.slice(contract.prefix.length + 1));
    const about = { topic, directory, records: records - there };
    if (owner !== undefined && records > there) await recordOperation(platform, [owner], { action: "import", reason, about });
  }
};

const MOST_OF_GATEWAY = 1_000;

type TailOptions = EventFilter & { readonly follow?: boolean; readonly fromStart?: boolean; readonly last?: number };

/** Adds `pitrix events`. */
export const addEvents = (
  pitrix: Command,
  { terminal, paint, signal, isJson, writeLine, print, bar, reading, agreed, on }: Shell,
): Command => {
  const show = (event: Seen): void => writeLine(isJson() ? JSON.stringify(eventJson(event)) : eventLine(event, paint));
  /** What the gateway tells: the newest events of each service. */
  const tailOfGateway = async (
    platform: Platform,
    { follow, last, since, type, stream, correlation, topic, id }: TailOptions,
  ): Promise<void> => {
    const ago = since === undefined ? undefined : secondsOf(since);
    if (follow || topic !== undefined || id !== undefined || (since !== undefined && ago === undefined))
      throw new CommandFailed(
        "the gateway lists events by --type, --stream, --correlation, --last and a duration in --since; for more use --direct, or StreamEvents",
        exitCodes.usage,
      );
    const asked = Object.entries({ type, stream, correlation, seconds: ago, limit: last ?? MOST_OF_GATEWAY });
    const given = Object.fromEntries(asked.filter(([, value]) => value !== undefined));
    const found = await operatorOf(platform).inspect({ inspection: "events", ...given }, reading, signal);
    for (const event of last === undefined ? found : found.slice(-last))
      writeLine(isJson() ? JSON.stringify(event) : eventResultLine(event, paint));
  };
  const events = pitrix
    .command("events")
    .description("print the events of the log, decoded by their schemas; of a secret only that it is there")
    .addHelpText(
      "after",
      "\nExamples:\n  pitrix events --follow\n  pitrix events --correlation 4f2c… --json\n  pitrix events stream cluster/cl-1\n  pitrix events show cluster/cl-1@12",
    );
  events
    .command("tail", { isDefault: true })
    .description("print events, oldest first; above 10000 events, only each stream is in order")
    .option("--follow", "print new events until interrupted")
    .option("--from-start", "with --follow, print the existing events first")
    .option("--last <number>", "only so many, the newest", whole)
    .option("--topic <name>", "only events of this topic, for example pitrix.cluster")
    .option("--type <event>", "only events of this type, for example ClusterStopped")
    .option("--stream <id>", "only events of this stream, for example cluster/cl-1")
    .option("--id <id>", "only events of aggregates with this id, for example cl-1")
    .option("--correlation <id>", "only events with this correlation id")
    .option("--since <when>", "only later events: a time, a duration before now (5m), an event id, or topic/partition/offset")
    .addHelpText(
      "after",
      "\nExamples:\n  pitrix events tail --since 15m --type ClusterStopped\n  pitrix events tail --since pitrix.cluster/3/1200 --last 20\n  pitrix events tail --id cl-1 --follow",
    )
    .action(({ follow = false, fromStart = false, last, ...filter }: TailOptions) =>
      on(async (platform) => {
        if (platform.gateway) return tailOfGateway(platform, { follow, ...(last !== undefined && { last }), ...filter });
        const log = logOf(platform);
        if (follow && last !== undefined) throw new CommandFailed("--last does not go with --follow", exitCodes.usage);
        if (follow) return followEvents(log, filter, fromStart, signal, show);
        const kept: Seen[] = [];
        await readEvents(log, filter, signal, (event) => {
          if (last === undefined) return show(event);
          kept.push(event);
          if (kept.length > last) kept.shift();
        });
        kept.forEach(show);
      }),
    );
  events
    .command("show")
    .description("show an event with its metadata and the place of its record")
    .argument("<event>", "the id of the event, for example cluster/cl-1@12")
    .addHelpText("after", "\nExample:\n  pitrix events show cluster/cl-1@12 --json | jq .data")
    .action((eventId: string) =>
      on(async (platform) => {
        const found = await findEvent(logOf(platform), eventId, signal);
        print({ ...eventJson(found), headers: found.record.headers }, () => eventDetails(found, paint));
      }),
    );
  events
    .command("stream")
    .description("print the events of a stream, oldest first")
    .argument("<stream>", "the stream id, for example cluster/cl-1")
    .addHelpText("after", "\nExample:\n  pitrix events stream cluster/cl-1")
    .action((stream: string) =>
      on(async (platform) => {
        let count = 0;
        await readEvents(logOf(platform), { stream }, signal, (event) => {
          count++;
          show(event);
        });
        if (count === 0) throw new CommandFailed(`the log has no events of ${stream}`, exitCodes.notFound);
      }),
    );
  events
    .command("export")
    .description(
      "write the events of the log into Avro Object Container Files, one for each topic, with each event decoded for other programs",
    )
    .requiredOption("--out <directory>", "where to write them; it must be empty")
    .option("--topic <name...>", "only these topics")
    .option("--since <when>", "only later events: a time, or a duration before now (5m)")
    .addHelpText(
      "after",
      "\nSecrets stay ciphertext. Any reader of Avro opens the files; `pitrix events import` takes the records' own bytes.\n\nExamples:\n  pitrix events export --out events\n  pitrix events export --out clusters --topic pitrix.cluster --since 2026-01-01",
    )
    .action(({ out, topic: only, since }: { readonly out: string; readonly topic?: readonly string[]; readonly since?: string }) =>
      on(async (platform) => {
        const log = logOf(platform);
        const topics = only ? only.flatMap((topic) => topicsFor({ topic })) : topicsFor({});
        const { begin } = await partFor(log, { since });
        emptyDirectory(out);
        const wanted = topics.map((topic) => ({ topic, aggregate: topic.slice(contract.prefix.length + 1) }));
        const files = await exportTopics({ log, signal, report: bar }, wanted, { begin }, out);
        bar("");
        const manifest: Manifest = { format: 1, at: new Date().toISOString(), by: platform.by, files };
        writeManifest(out, manifest);
        const rows = files.map(({ file, records, partitions }) => [file, partitions.length, records]);
        print(manifest, () => table(["FILE", "PARTITIONS", "RECORDS"], rows, paint));
      }),
    );
  events
    .command("import")
    .description(
      "append exported events to the topics of this Kafka; what is there already, byte for byte, is left out, and nothing is overwritten",
    )
    .argument("<directory>", "what `pitrix events export` has written")
    .requiredOption("--reason <text>", REASON)
    .option("--yes", "append them; without it, what would be done is only shown")
    .addHelpText(
      "after",
      "\nNo version with other bytes, and no gap, is taken: it is named, and nothing is written at all.\nThe user of KAFKA_SASL must be allowed to write these topics. The stores of the services are not changed:\n`pitrix audit` names events that no service has committed. To move a whole platform, see `pitrix platform`.\n\nExample:\n  pitrix events import events --reason 'lost with the disk' --yes",
    )
    .action((directory: string, { reason, yes }: { readonly reason: string; readonly yes?: boolean }) =>
      on(async (platform) => {
        const log = logOf(platform);
        const { files } = await readManifest<Manifest>(directory, (manifest) => manifest.files);
        const plans: ImportPlan[] = [];
        for (const file of files) plans.push(await planImport(log, directory, file, signal));
        const rows = plans.map(({ topic, records, there, refusals }) => [
          topic,
          records,
          there,
          refusals.length === 0 ? records - there : "refused",
        ]);
        const refusals = plans.flatMap((plan) => plan.refusals);
        const text = (): string =>
          [
            table(["TOPIC", "RECORDS", "THERE OR REPEATED", "TO APPEND"], rows, paint),
            ...refusals.map((each) => `${paint("red", "refused")}  ${plain(each)}`),
          ].join("\n");
        if (refusals.length > 0) {
          print({ topics: plans, done: false }, text);
          return terminal.exit(exitCodes.failed);
        }
        if (!(await agreed({ topics: plans }, text, yes))) return;
        let written = 0;
        for (const plan of plans) written += await importTopic(log, directory, plan, signal);
        await recordImport(platform, plans, directory, reason);
        print({ topics: plans, done: true, written }, () => `${text()}\n${written} records were appended.`);
      }),
    );
  return events;
};
