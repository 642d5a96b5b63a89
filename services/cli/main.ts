#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { CommanderError } from "commander";
import { CommandFailed, exitCodes } from "../chassis/operator/failure.ts";
import type { Terminal } from "./output.ts";
import { program } from "./program.ts";

const interrupted = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupted.abort());
// The reader of a pipe may close it early, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : exitCodes.failed));

const answerTo = async (question: string): Promise<string> => {
  const reading = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await reading.question(question, { signal: interrupted.signal });
  } catch {
    return "";
  } finally {
    reading.close();
  }
};

const terminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  exit: (code) => {
    process.exitCode = code;
  },
  isTerminal: process.stdout.isTTY === true,
  ask: process.stdin.isTTY === true && process.stdout.isTTY === true ? (question) => answerTo(question) : undefined,
};

try {
  await program(terminal, process.env, interrupted.signal).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else {
    const failed = error instanceof CommandFailed;
    process.stderr.write(`pitrix: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = failed ? error.code : exitCodes.failed;
  }
}
