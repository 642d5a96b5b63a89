import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export type Usage = { readonly cpuSeconds: number; readonly memoryBytes: number };

const ticksPerSecond = (() => {
  try {
    return Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" })) || 100;
  } catch {
    return 100;
  }
})();

/** CPU so far and peak of resident memory of living processes, added up. Zero where the system has no /proc. */
export const usageOf = (pids: readonly number[]): Usage => {
  let cpuSeconds = 0;
  let memoryBytes = 0;
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      cpuSeconds += (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
      memoryBytes += Number(peak?.[1] ?? 0) * 1024;
    } catch {
      // It is gone, or there is no /proc here.
    }
  }
  return { cpuSeconds, memoryBytes };
};
