import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

type LockEntry = { readonly id: number; readonly subject: string; readonly version: number; readonly schema: object };
type Outcome = { readonly problems: readonly string[]; readonly stale: readonly string[]; readonly written: readonly string[] };
type Request = {
  readonly directory: string;
  readonly check?: boolean;
  readonly rewriteUnreleased?: boolean;
  readonly released?: readonly LockEntry[];
};

/** The folder of the contract, found from the compiled test: plain JavaScript is not copied into the build. */
export const contract = join(rootAbove(import.meta.dirname), "schemas");

const run: { generate: (request: Request) => Outcome } = createRequire(import.meta.url)(join(contract, "generators/run.mjs"));

/** The schemas of one event: its fields, or a whole schema. */
export const record = (aggregate: string, name: string, fields: readonly object[]) => ({
  type: "record",
  namespace: `pitrix.${aggregate}`,
  name,
  doc: `What happened: ${name}.`,
  fields,
});

/** A folder of schemas that lives as long as the work on it. */
export function withContract(work: (folder: ContractFolder) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-schemas-"));
  try {
    work(contractFolder(directory));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export type ContractFolder = ReturnType<typeof contractFolder>;

function contractFolder(directory: string) {
  const path = (file: string) => join(directory, file);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };
  return {
    write,
    event: (aggregate: string, name: string, fields: readonly object[]) =>
      write(`${aggregate}/${name}.avsc`, JSON.stringify(record(aggregate, name, fields))),
    remove: (file: string) => rmSync(path(file)),
    read: (file: string) => readFileSync(path(file), "utf8"),
    lock: (): readonly LockEntry[] => JSON.parse(readFileSync(path("ids.json"), "utf8")),
    generate: (options: Omit<Request, "directory"> = {}) => run.generate({ directory, ...options }),
  };
}

function rootAbove(folder: string): string {
  if (existsSync(join(folder, "schemas/generate.mjs"))) return folder;
  if (folder === dirname(folder)) throw new Error("schemas/generate.mjs stands in no folder above this test");
  return rootAbove(dirname(folder));
}
