import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { guard } from "../../../infra/embedded/guard.ts";
import { identify } from "../../../infra/embedded/identity.ts";
import type { Fixture } from "./fixture.ts";
import type { Measurement } from "./row.ts";
import { usageOf } from "./usage.ts";

export type ProgramOptions = {
  /** Passed as JSON in BENCH_INPUT: it holds passwords, and arguments are readable by everybody. */
  readonly input: object;
  readonly args?: readonly string[];
  readonly directory?: string;
  /** Milliseconds. */
  readonly limit?: number;
};

const halfAnHour = 30 * 60_000;

const spentBy = ({ pids }: Fixture) => ({ kafka: usageOf(pids.kafka).cpuSeconds, store: usageOf(pids.store).cpuSeconds });

/**
 * Runs a program of its own process, in any language, that prints a measurement in JSON as its last line; it ends with this process and
 * after the limit. From its line `begin` to its line `end` the CPU of the shared servers is counted.
 */
export const runProgram = (
  fixture: Fixture,
  command: string,
  { input, args = [], directory, limit = halfAnHour }: ProgramOptions,
): Promise<Measurement> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, BENCH_INPUT: JSON.stringify(input), ...(fixture.profiles && { PITRIX_BENCH_PROFILES: fixture.profiles }) },
      ...(directory && { cwd: directory }),
    });
    const guarding = guard(child.pid === undefined ? undefined : identify(child.pid));
    let before = spentBy(fixture);
    let after: typeof before | undefined;
    let output = "";
    createInterface(child.stdout).on("line", (line) => {
      if (line === "begin") before = spentBy(fixture);
      else if (line === "end") after = spentBy(fixture);
      else output = line;
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = (errors + text).slice(-4_000);
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), limit);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      guarding?.kill("SIGKILL");
      const { kafka, store } = after ?? spentBy(fixture);
      const serverCpuSeconds = { kafka: kafka - before.kafka, store: store - before.store };
      if (code === 0 && output.startsWith("{"))
        resolve({ serverCpuSeconds, ...(JSON.parse(output) as Measurement) }); // By the protocol of this function; who has servers of its own tells of them.
      else reject(new Error(`${command} ended with ${code ?? signal}, at most ${limit / 1000} s were given:\n${errors}${output}`));
    });
  });

/** The same for a compiled file of this package; it profiles its work if the fixture asks for it. */
export const runNode = (fixture: Fixture, file: string, { args = [], ...options }: ProgramOptions): Promise<Measurement> =>
  runProgram(fixture, process.execPath, { ...options, args: [...args, file] });
