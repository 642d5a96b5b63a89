import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Sample } from "../../services/cli/samples.ts";
import { root } from "../root.ts";
import type { Access } from "./fixture.ts";

/** The program of a language in docs/consuming-events.md, word for word. */
export const programIn = (language: string): string => {
  const [found, ...more] = readFileSync(join(root, "docs/consuming-events.md"), "utf8").matchAll(
    new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"),
  );
  assert.ok(found && more.length === 0, `one program in ${language}`);
  return found[1] ?? "";
};

/** How a program is started: `directory` is where its file is put. */
export type Runner = {
  readonly file: string;
  readonly directory: string;
  readonly command: (file: string) => readonly [string, ...string[]];
  readonly environment?: { readonly [name: string]: string };
};

/** What a third party is told, and the events that were published. */
export type Published = { readonly access: Access; readonly samples: readonly Pick<Sample, "id" | "type" | "fields" | "isPublic">[] };

type Seen = { readonly id: string; readonly type: string; readonly fields: unknown };

/** Some libraries name the branch of a union around its value, as Avro's JSON does: `{"pitrix.cluster.HealthCheck": {...}}`. */
const withoutBranches = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutBranches);
  if (typeof value !== "object" || value === null) return value;
  const [first, ...more] = Object.entries(value);
  if (first && more.length === 0 && first[0].startsWith("pitrix.")) return withoutBranches(first[1]);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutBranches(part)]));
};

/**
 * Runs a consumer until it has printed every public event that was published, and ends it. Every event has the fields that were committed,
 * and none is from another topic.
 */
export const consumesEverything = async (program: string, runner: Runner, { access, samples }: Published, more: Partial<Access> = {}) => {
  const folder = mkdtempSync(join(runner.directory, "run-"));
  const file = join(folder, runner.file);
  writeFileSync(file, program);
  const expected = new Map(samples.filter(({ isPublic }) => isPublic).map(({ id, type, fields }) => [id, { type, fields }]));
  assert.ok(expected.size > 100);
  const [command, ...args] = runner.command(file);
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH, HOME, LC_ALL: "C.UTF-8", ...runner.environment, ...access, ...more },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  // With all that it has started.
  const end = () => child.pid && child.exitCode === null && child.signalCode === null && process.kill(-child.pid, "SIGKILL");
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const timer = setTimeout(end, 120_000);
  try {
    const seen = new Map<string, Omit<Seen, "id">>();
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("{")) continue;
      const { id, type, fields }: Partial<Seen> = JSON.parse(line);
      // Clients log in JSON, too.
      if (id === undefined || type === undefined) continue;
      assert.ok(expected.has(id), `${id} is not public`);
      seen.set(id, { type, fields: withoutBranches(fields) });
      if (seen.size === expected.size) break;
    }
    const missing = [...expected.keys()].filter((id) => !seen.has(id));
    assert.deepEqual(missing, [], errors.join("").slice(-4_000));
    for (const [id, sample] of expected) assert.deepEqual(seen.get(id), sample, id);
  } finally {
    clearTimeout(timer);
    end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Writes the samples with the test for a language, as `pitrix contract` does, and runs a command there. */
export const testsContract = (
  language: string,
  command: readonly [string, ...string[]],
  environment: { readonly [name: string]: string } = {},
) => {
  const directory = join(mkdtempSync(join(tmpdir(), "pitrix-contract-")), "samples");
  const { PATH = "", HOME = "" } = process.env;
  const run = ([file, ...args]: readonly [string, ...string[]], cwd: string) =>
    spawnSync(file, args, { cwd, env: { PATH, HOME, LC_ALL: "C.UTF-8", ...environment }, encoding: "utf8" });
  const written = run([process.execPath, join(root, "dist/services/cli/main.js"), "contract", directory, "--consumer", language], root);
  assert.equal(written.status, 0, written.stderr);
  const passes = run(command, directory);
  assert.equal(passes.status, 0, passes.stdout + passes.stderr);
  // A sample that its schema does not read is told.
  const samples = join(directory, "samples.jsonl");
  writeFileSync(samples, readFileSync(samples, "utf8").replace(/"value":"[^"]*"/, '"value":"AAAAAAEC"'));
  assert.notEqual(run(command, directory).status, 0);
  rmSync(directory, { recursive: true, force: true });
};
