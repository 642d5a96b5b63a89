import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What a run was made on, and what shared it. */
export type Machine = {
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** Load average over one minute when the run began: above a few tenths something else was running. */
  readonly loadAtStart: number;
};

export const machine = (): Machine => ({
  cores: availableParallelism(),
  processor: cpus()[0]?.model.trim() ?? "unknown",
  memoryBytes: totalmem(),
  system: `${platform()} ${release()}`,
  node: process.version,
  loadAtStart: loadavg()[0] ?? 0,
});

/** Version of an installed package. */
export const packageVersion = (name: string): string => {
  // The shape of every package.json.
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { readonly version: string };
  return version;
};
