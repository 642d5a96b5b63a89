import type { Command } from "commander";
import { type StoreCopy, storeCopy } from "../../events/mongo/index.ts";
import { loadServices } from "../chassis/list.ts";
import { type Environment, settingSuffix } from "../chassis/process/config.ts";
import type { AnyService } from "../chassis/service.ts";
import { services } from "../index.ts";
import type { Platform } from "./connection.ts";
import { logOf } from "./events.ts";
import { recordImport } from "./export-events.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { exportPlatform, importPlatform, planMove, type Stores } from "./move.ts";
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

/** Adds `pitrix platform`. */
export const addMove = (pitrix: Command, environment: Environment, { terminal, paint, signal, print, bar, agreed, on }: Shell): void => {
  const moving = pitrix
    .command("platform")
    .description("move a whole platform that does not run: topics, stores, positions, receipts, parked streams, keys and blobs")
    .addHelpText("after", `${SETTINGS}\nExamples:\n  pitrix platform export --out moved\n  pitrix platform import moved --yes`);
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
    .option("--yes", "write it; without it, what would be done is only shown")
    .addHelpText(
      "after",
      `${SETTINGS}\nNothing is overwritten: a topic or a store that holds anything is refused, and named.\n\nExample:\n  pitrix platform import moved --yes`,
    )
    .action((directory: string, { yes }: { readonly yes?: boolean }) =>
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
          recordImport(directory, { at: new Date().toISOString(), by: platform.by, into: platform.brokers, records });
          print(
            { records, documents, refusals, done: true },
            () => `${text()}\nIt is written. Start the services with the same PITRIX_SEALING_KEYS, and run \`pitrix audit\`.`,
          );
        }),
      ),
    );
};
