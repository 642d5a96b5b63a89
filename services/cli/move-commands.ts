import type { Command } from "commander";
import { topicOf } from "../../events/index.ts";
import { type StoreCopy, storeCopy } from "../../events/mongo/index.ts";
import { contract } from "../chassis/contract.ts";
import { loadServices } from "../chassis/list.ts";
import { topicsFor } from "../chassis/operator/events.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { rangesOf } from "../chassis/operator/reading.ts";
import { type Environment, settingSuffix } from "../chassis/process/config.ts";
import type { AnyService } from "../chassis/service.ts";
import { services } from "../index.ts";
import { logOf, type Platform } from "./connection.ts";
import { exportPlatform, importPlatform, planMove, type Stores } from "./move.ts";
import { REASON, recordOperation } from "./operation-record.ts";
import { plain, table } from "./output.ts";
import type { Shell } from "./shell.ts";

const SETTINGS = `
Settings: KAFKA_BROKERS and KAFKA_SASL, of a user who reads (export) or makes and writes (import) every topic; MONGODB_URL, or
MONGODB_URL_<SERVICE>, of users who read or write every database; PITRIX_SEALING_KEYS. The platform's keys are not part of an export:
start the services with the same ones.
`;

/** The names of instances that answer. */
const runningOn = async (platform: Platform): Promise<readonly string[]> => {
  const known = await platform.instances().catch((error: unknown) => {
    if (error instanceof CommandFailed && error.code === exitCodes.unavailable) return [];
    throw error;
  });
  const answered = known.map((instance) =>
    platform.ask(instance, "/internal/status").then(
      () => [instance.instance],
      (error: unknown) => (error instanceof CommandFailed && error.code === exitCodes.unavailable ? [] : [instance.instance]),
    ),
  );
  return (await Promise.all(answered)).flat();
};

const storesOf = (environment: Environment, loaded: readonly AnyService[]): ReadonlyMap<string, StoreCopy> =>
  new Map(
    loaded.map(({ name }) => {
      const own = `MONGODB_URL_${settingSuffix(name)}`;
      const url = environment[own]?.trim() || environment.MONGODB_URL?.trim();
      if (!url) throw new CommandFailed(`set MONGODB_URL, or ${own}, to the store of ${name}`, exitCodes.settings);
      return [name, storeCopy({ url, database: `pitrix_${name}` })];
    }),
  );

/** The aggregate of a topic, and its service. */
const ownerOf = (topic: string, loaded: readonly AnyService[]): readonly [string, string] => {
  for (const { name, aggregates } of loaded)
    for (const aggregate of Object.keys(aggregates)) if (topicOf(contract, aggregate) === topic) return [aggregate, name];
  throw new CommandFailed(`no service of this build announces events on ${topic}`, exitCodes.notFound);
};

/** Adds `pitrix platform`, and `pitrix events republish`. */
export const addMove = (
  pitrix: Command,
  events: Command,
  environment: Environment,
  { terminal, paint, signal, print, bar, agreed, on }: Shell,
): void => {
  const moving = pitrix
    .command("platform")
    .description("move a whole platform that does not run: topics, stores, positions, receipts, parked streams, keys and blobs")
    .addHelpText(
      "after",
      `${SETTINGS}\nExamples:\n  pitrix platform export --out moved\n  pitrix platform import moved --reason "to the new data centre" --yes`,
    );
  const withStores = async <T>(platform: Platform, work: (stores: Stores, loaded: readonly AnyService[]) => Promise<T>): Promise<T> => {
    const running = await runningOn(platform);
    if (running.length > 0) throw new CommandFailed(`${running.join(", ")} still run: stop all services first`);
    const loaded = await loadServices(services);
    const stores = storesOf(environment, loaded);
    try {
      return await work(stores, loaded);
    } finally {
      await Promise.all([...stores.values()].map(({ close }) => close()));
    }
  };

  events
    .command("republish")
    .description("let the service that owns a topic publish all its events again, and all others read them again, after the topic was lost")
    .argument("<topic>", "the topic, for example pitrix.cluster")
    .requiredOption("--reason <text>", REASON)
    .option("--yes", "prepare it; without it, what would be done is only shown")
    .addHelpText(
      "after",
      `\nAll services must have stopped, and what is left of the topic be deleted. They publish and read when they start.\nPositions in the lost topic would soon look like positions in the new one, and skip events: they are set to its start.\nRepeats change nothing.\n${SETTINGS}\nExample:\n  pitrix events republish pitrix.cluster --reason "deleted by mistake" --yes`,
    )
    .action((topic: string, { reason, yes }: { readonly reason: string; readonly yes?: boolean }) =>
      on((platform) =>
        withStores(platform, async (stores, loaded) => {
          const [aggregate, owner] = ownerOf(topic, loaded);
          const left = await rangesOf(logOf(platform), { topics: topicsFor({ topic }) });
          const records = left.reduce((sum, { from, to }) => sum + to - from, 0);
          if (records > 0) throw new CommandFailed(`${topic} holds ${records} records: it is not lost; delete what is left of it first`);
          const text = (): string =>
            `${owner} would publish everything of ${aggregate} again, and all services read ${topic} from its start.`;
          if (!(await agreed({ topic, owner }, text, yes))) return;
          // First the positions: with marks alone, events would be published and skipped.
          let positions = 0;
          for (const store of stores.values()) positions += await store.readAgain(topic);
          const commits = (await stores.get(owner)?.republish(aggregate)) ?? 0;
          await recordOperation(platform, [owner], { action: "republish", reason, about: { topic, commits, positions } });
          print(
            { topic, owner, commits, positions, done: true },
            () =>
              `${commits} commits of ${owner} will be published again, and ${positions} positions are at the start. Start the services, and run \`pitrix audit\`.`,
          );
        }),
      ),
    );

  moving
    .command("export")
    .description("write the platform into a directory of Avro Object Container Files, after all services have stopped")
    .requiredOption("--out <directory>", "where to write it; it must be empty. It holds all data of the platform: keep it safe")
    .addHelpText(
      "after",
      `${SETTINGS}\nWhat was destroyed, such as the key of a deleted secret, is not in it.\n\nExample:\n  pitrix platform export --out moved`,
    )
    .action(({ out }: { readonly out: string }) =>
      on((platform) =>
        withStores(platform, async (stores, loaded) => {
          const means = { log: logOf(platform), stores, loaded, signal, report: bar };
          const manifest = await exportPlatform(means, out, { at: new Date().toISOString(), by: platform.by });
          bar("");
          const rows = [
            ...manifest.files.map(({ file, records }) => [file, records]),
            ...manifest.stores.map(({ file, documents }) => [file, documents]),
          ];
          print(manifest, () => table(["FILE", "RECORDS OR DOCUMENTS"], rows, paint));
        }),
      ),
    );
  moving
    .command("import")
    .description("write an exported platform into an empty Kafka and empty stores; start the services afterwards, and run `pitrix audit`")
    .argument("<directory>", "what `pitrix platform export` has written")
    .requiredOption("--reason <text>", REASON)
    .option("--yes", "write it; without it, what would be done is only shown")
    .addHelpText(
      "after",
      `${SETTINGS}\nNothing is overwritten: a topic or a store that holds anything is refused, and named.\n\nExample:\n  pitrix platform import moved --reason "to the new data centre" --yes`,
    )
    .action((directory: string, { reason, yes }: { readonly reason: string; readonly yes?: boolean }) =>
      on((platform) =>
        withStores(platform, async (stores, loaded) => {
          const log = logOf(platform);
          const { manifest, refusals } = await planMove({ log, stores }, directory);
          const records = manifest.files.reduce((sum, file) => sum + file.records, 0);
          const documents = manifest.stores.reduce((sum, file) => sum + file.documents, 0);
          const text = (): string =>
            [
              `${records} records of ${manifest.files.length} topics and ${documents} documents of ${manifest.stores.length} stores, exported at ${plain(manifest.at)} by ${plain(manifest.by)}.`,
              ...refusals.map((each) => `${paint("red", "refused")}  ${plain(each)}`),
            ].join("\n");
          if (refusals.length > 0) {
            print({ records, documents, refusals, done: false }, text);
            return terminal.exit(exitCodes.failed);
          }
          if (!(await agreed({ records, documents, refusals }, text, yes))) return;
          await importPlatform({ log, stores, loaded, signal, report: bar }, directory, manifest);
          bar("");
          const about = { directory, records, documents, "exported-by": manifest.by, "exported-at": manifest.at };
          await recordOperation(
            platform,
            loaded.map(({ name }) => name),
            { action: "import-platform", reason, about },
          );
          print(
            { records, documents, refusals, done: true },
            () => `${text()}\nIt is written. Start the services with the same PITRIX_SEALING_KEYS, and run \`pitrix audit\`.`,
          );
        }),
      ),
    );
};
