import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { recordsOf } from "../../events/runtime.ts";
import { deprecated } from "../../schemas/generated/deprecated.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../chassis/contract.ts";
import { assetOf } from "../chassis/http/document.ts";
import { loadServices } from "../chassis/list.ts";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import { services } from "../index.ts";
import { samplesOf } from "./samples.ts";
import type { Shell } from "./shell.ts";

/** A test that feeds the samples to a consumer, by the language of the consumer. */
const consumers = { python: "contract_test.py", node: "contract.test.mjs", java: "ContractTest.java", go: "contract_test.go" } as const;
type Options = { readonly event?: readonly string[]; readonly consumer?: keyof typeof consumers; readonly registry?: string };

/** Adds `pitrix contract`. */
export const addContract = (pitrix: Command, { print }: Shell): void => {
  pitrix
    .command("contract")
    .description("write a sample of every released version of every public event, as a consumer gets it from Kafka; needs no platform")
    .argument("<directory>", "where to write samples.jsonl and schemas/; it must be empty")
    .option("--event <type...>", "only these events, such as ClusterStopped")
    .option("--registry <url>", "the gateway's URL, which headers name the schema by")
    .addOption(
      new Option("--consumer <language>", "also write a test that feeds the samples to a consumer").choices(Object.keys(consumers)),
    )
    .addHelpText(
      "after",
      `
A line of samples.jsonl is a record of Kafka: topic, key, headers, value (base64: 0x00, the schema's id in four bytes, the Avro body), and fields:
what the body holds, as JSON. schemas/<id>.avsc is the schema of that id. Samples fill every field; optional ones are there and absent.

Examples:
  pitrix contract samples
  pitrix contract samples --consumer python && cd samples && python -m unittest contract_test`,
    )
    .action(async (directory: string, { event: wanted, consumer, registry = "" }: Options) => {
      const unknown = wanted?.find((each) => schemas.every(({ event }) => event !== each));
      if (unknown !== undefined)
        throw new CommandFailed(`there is no event ${unknown}: see schemas/, or /asyncapi on the gateway`, exitCodes.usage);
      if (existsSync(directory) && readdirSync(directory).length > 0) throw new CommandFailed(`${directory} is not empty`, exitCodes.usage);
      const loaded = await loadServices(services);
      const samples = [...samplesOf(loaded)].flatMap(([service, owned]) =>
        owned
          .filter(({ commit, isPublic }) => isPublic && (!wanted || commit.events.some(({ type }) => wanted.includes(type))))
          .flatMap(({ commit, fields }) =>
            recordsOf({ ...contract, registry }, service, commit).map(({ topic, key, headers, value }) => ({
              ...{ topic, key, headers, value: Buffer.from(value ?? []).toString("base64") },
              ...{ fields, schemaId: commit.events[0]?.schemaId },
            })),
          ),
      );
      if (samples.length === 0)
        throw new CommandFailed(`${wanted?.join(", ")}: no public event, so no consumer outside of the platform gets it`);
      mkdirSync(join(directory, "schemas"), { recursive: true });
      writeFileSync(join(directory, "samples.jsonl"), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(""));
      const ids = new Set(samples.map(({ schemaId }) => schemaId));
      for (const { id, schema } of schemas.filter((each) => ids.has(each.id)))
        writeFileSync(join(directory, "schemas", `${id}.avsc`), `${JSON.stringify(schema, undefined, 2)}\n`);
      const notices = Object.entries(deprecated).filter(([event]) =>
        samples.some(({ headers }) => headers.ce_type === `${contract.prefix}.${event}`),
      );
      const test = consumer && consumers[consumer];
      if (test) copyFileSync(join(assetOf("services/cli/contract-tests"), test), join(directory, test));
      print({ directory, samples: samples.length, schemas: ids.size, deprecated: Object.fromEntries(notices), ...(test && { test }) }, () =>
        [
          `${samples.length} samples are in ${join(directory, "samples.jsonl")}${test ? `; put your consumer into ${join(directory, test)}` : ""}.`,
          ...notices.flatMap(([event, paths]) => Object.entries(paths).map(([path, notice]) => `deprecated: ${event} ${path}  ${notice}`)),
        ].join("\n"),
      );
    });
};
