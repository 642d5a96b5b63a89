import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Measurement } from "../../harness/row.ts";
import { usageOf } from "../../harness/usage.ts";
import { startServers } from "../commands/servers.ts";
import { startPitrix, startScript } from "../commands/subject.ts";

/** `service`: one of the platform's; absent: the floor. */
type Input = {
  readonly service?: string;
  readonly settle: number;
  readonly seconds: number;
  readonly profiles?: string;
  readonly embedded?: boolean;
};
const { service, settle, seconds, profiles, embedded }: Input = JSON.parse(process.env.BENCH_INPUT ?? "{}");

/** What it holds now, not what it once held. */
const residentOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024, 0);

const servers = await startServers({ embedded });
try {
  const options = { servers, profiles };
  const subject = service ? await startPitrix([service], options) : await startScript(join(import.meta.dirname, "floor.js"), {}, options);
  try {
    await pause(settle * 1000);
    if (profiles) for (const pid of subject.pids) process.kill(pid, "SIGUSR2");
    const before = usageOf(subject.pids).cpuSeconds;
    await pause(seconds * 1000);
    const cpuSeconds = usageOf(subject.pids).cpuSeconds - before;
    const memoryBytes = residentOf(subject.pids);
    const answer = await fetch(new URL("/readyz", subject.url));
    const values = { memory: memoryBytes / 1024 / 1024, CPU: (cpuSeconds / seconds) * 100 };
    const measured: Measurement = { units: 1, seconds, cpuSeconds, memoryBytes, check: answer.ok ? "ready" : await answer.text(), values };
    console.log(JSON.stringify(measured));
  } finally {
    await subject.stop();
  }
} finally {
  await servers.stop();
}
