import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { documentsOf, graphOf } from "../../events/map/index.ts";
import { schemas } from "../../schemas/generated/schemas.ts";
import { contract } from "../chassis/contract.ts";
import { loadServices } from "../chassis/list.ts";
import { services } from "../index.ts";
import { asyncApiOf } from "./asyncapi.ts";

const ASYNCAPI = "schemas/generated/asyncapi.json";

const usage = `Draws the map of services, events and reactions from the services' tables and writes it to docs/, and the AsyncAPI document of the public topics
to ${ASYNCAPI}.

  node dist/services/cli/map.js [--check] [--out docs]

  --check       write nothing; exit with 1 if a file is stale
  --out <dir>   the output directory (default docs)

Example:
  node dist/services/cli/map.js --check`;

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      check: { type: "boolean", default: false },
      out: { type: "string", default: "docs" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const loaded = await loadServices(services);
  const graph = graphOf(loaded);
  for (const problem of graph.problems) console.error(problem);
  if (graph.problems.length > 0) return 1;

  const documents = new Map([...documentsOf(graph, contract)].map(([path, text]) => [join(values.out, path), text]));
  documents.set(ASYNCAPI, `${JSON.stringify(asyncApiOf(loaded, contract, schemas))}\n`);
  const stale = await staleIn(values.out, documents);
  if (values.check) {
    for (const path of stale) console.error(`${path} is stale: run make map`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const file of stale) {
    const text = documents.get(file);
    await mkdir(dirname(file), { recursive: true });
    await (text === undefined ? rm(file) : writeFile(file, text));
    console.log(`${text === undefined ? "removed" : "wrote"} ${file}`);
  }
  if (stale.length === 0) console.log(`${values.out} is up to date`);
  return 0;
};

/** The paths of files that differ from the new documents, and of pictures whose service no longer exists. */
const staleIn = async (directory: string, documents: ReadonlyMap<string, string>): Promise<readonly string[]> => {
  const there = await readdir(join(directory, "map")).catch(() => []);
  const gone = there.filter((file) => file.endsWith(".svg")).map((file) => join(directory, "map", file));
  const changed = await Promise.all(
    [...documents].map(async ([path, text]) => ((await readFile(path, "utf8").catch(() => "")) === text ? [] : [path])),
  );
  return [...changed.flat(), ...gone.filter((path) => !documents.has(path))];
};

process.exitCode = await main();
