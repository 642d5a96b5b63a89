import { mkdirSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { basename, dirname, join } from "node:path";
import type { Measurement } from "./row.ts";

/** A contestant made ready: what is timed, and what is looked at afterwards. */
export type Ready = {
  /** The work itself; returns how many units were done, and what it measured besides. `begin` starts the clock anew: what came before does not count. */
  readonly work: (begin: () => void) => Promise<number | { readonly units: number; readonly values: NonNullable<Measurement["values"]> }>;
  /** After the time was taken. */
  readonly check: () => Promise<string>;
  readonly close?: () => Promise<void>;
};

/**
 * The main program of a contestant's own process: makes ready with the input of the row, works while time and CPU are taken, checks, and
 * prints the measurement as its last line. Around the work it prints the lines `begin` and `end`.
 */
export const contestant = async <Input>(prepare: (input: Input) => Promise<Ready>): Promise<void> => {
  // The row that starts this program is of the same type.
  const input = JSON.parse(process.env.BENCH_INPUT ?? "{}") as Input;
  const { work, check, close } = await prepare(input);
  let cpu = process.cpuUsage();
  let started = performance.now();
  const begin = (): void => {
    console.log("begin");
    cpu = process.cpuUsage();
    started = performance.now();
  };
  const stopProfile = startProfile();
  begin();
  const done = await work(begin);
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  console.log("end");
  stopProfile?.();
  const memoryBytes = process.resourceUsage().maxRSS * 1024;
  const result: Measurement = {
    ...(typeof done === "number" ? { units: done } : done),
    ...{ seconds, cpuSeconds: (user + system) / 1e6, memoryBytes, check: await check() },
  };
  await close?.();
  console.log(JSON.stringify(result));
};

/** Profiles the work alone, into `<row>-<contestant>-<process>.cpuprofile`. */
const startProfile = (): (() => void) | undefined => {
  const folder = process.env.PITRIX_BENCH_PROFILES;
  if (!folder) return undefined;
  const program = process.argv[1] ?? "";
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  return () =>
    session.post("Profiler.stop", (error, { profile }) => {
      if (error) return;
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        join(folder, `${basename(dirname(program))}-${basename(program, ".js")}-${process.pid}.cpuprofile`),
        JSON.stringify(profile),
      );
      session.disconnect();
    });
};
