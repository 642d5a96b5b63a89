import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { root } from "../root.ts";
import type { Access, ThirdPartyPlatform } from "./fixture.ts";

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

type Seen = { readonly id: string; readonly type: string; readonly fields: unknown };

/**
 * Runs a consumer until it has printed every public event that was published, and ends it. Every event has the fields that were committed,
 * and none is from another topic.
 */
export const consumesEverything = async (
  program: string,
  runner: Runner,
  { access, samples }: ThirdPartyPlatform,
  more: Partial<Access> = {},
) => {
  const folder = mkdtempSync(join(runner.directory, "run-"));
  const file = join(folder, runner.file);
  writeFileSync(file, program);
  const expected = new Map(samples.filter(({ isPublic }) => isPublic).map(({ id, type, fields }) => [id, { type, fields }]));
  assert.ok(expected.size > 100);
  const [command, ...args] = runner.command(file);
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH, HOME, ...runner.environment, ...access, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const timer = setTimeout(() => child.kill("SIGKILL"), 120_000);
  try {
    const seen = new Map<string, Omit<Seen, "id">>();
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith("{")) continue;
      const { id, type, fields }: Partial<Seen> = JSON.parse(line);
      // Clients log in JSON, too.
      if (id === undefined || type === undefined) continue;
      assert.ok(expected.has(id), `${id} is not public`);
      seen.set(id, { type, fields });
      if (seen.size === expected.size) break;
    }
    const missing = [...expected.keys()].filter((id) => !seen.has(id));
    assert.deepEqual(missing, [], errors.join("").slice(-4_000));
    for (const [id, sample] of expected) assert.deepEqual(seen.get(id), sample, id);
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
};
