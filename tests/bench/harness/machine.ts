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

/**
 * What a run had of the machine, to be compared with that of other runs: work a CPU second just before and after it, less the share of its
 * time that the hypervisor gave to other machines (`steal` of proc(5); zero where the system does not tell).
 */
export type Power = { readonly power: number; readonly stolen: number };

/** Begins to watch the machine; the result ends it. */
export const watchPower = (): (() => Power) => {
  const before = speed();
  const began = ticks();
  return () => {
    const ended = ticks();
    const taken = ended.stolen - began.stolen;
    const stolen = taken === 0 ? 0 : taken / (taken + ended.busy - began.busy);
    return { power: ((before + speed()) / 2) * (1 - stolen), stolen };
  };
};

const PROBE = 30;

/** Units of a fixed kind of work (strings, maps, JSON) that a CPU second does. */
const speed = (): number => {
  const began = performance.now();
  const used = process.cpuUsage();
  let units = 0;
  for (; performance.now() - began < PROBE; units++) {
    const map = new Map<string, string>();
    for (let at = 0; at < 1_000; at++) map.set(`key ${at & 255}`, JSON.stringify({ at, text: `text ${at}` }));
  }
  const { user, system } = process.cpuUsage(used);
  return (units / (user + system)) * 1e6;
};

/** Of all cores, since the system started. */
const ticks = (): { readonly busy: number; readonly stolen: number } => {
  try {
    const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = (
      readFileSync("/proc/stat", "utf8").split("\n")[0] ?? ""
    )
      .split(/\s+/)
      .map(Number);
    return { busy: user + nice + system + irq + softirq, stolen };
  } catch {
    return { busy: 0, stolen: 0 };
  }
};

/** Version of an installed package. */
export const packageVersion = (name: string): string => {
  // The shape of every package.json.
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as { readonly version: string };
  return version;
};
