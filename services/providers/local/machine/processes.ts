import { readdirSync, readFileSync } from "node:fs";
import { type MachineClock, pause } from "./clock.ts";
import { MachineError } from "./types.ts";

/** Identifies a process beyond its pid, which the system reuses: by its start time (clock ticks since boot) and the boot id. */
export type Identity = { readonly pid: number; readonly startTime: string; readonly bootId: string };

/** A mark in the environment that descendants inherit. It finds them in any process group or session. */
export type Mark = {
  readonly data: string;
  readonly run?: string;
  /** A session whose leader has just ended, to find processes that overwrote their environment. Its number may be reused later. */
  readonly session?: number;
  /** A user that nobody else is, to find processes that overwrote their environment and left their session. */
  readonly uid?: number | undefined;
};

type Stat = Identity & { readonly ended: boolean; readonly group: number; readonly session: number };

/** The identity of a running process; undefined if there is none with this pid. */
export const identify = (pid: number): Identity | undefined => {
  const stat = statOf(pid);
  return stat && { pid, startTime: stat.startTime, bootId: stat.bootId };
};

/** Whether the process runs. A zombie counts as ended, because not every init reaps. */
export const alive = (identity: Identity): boolean => {
  const stat = statOf(identity.pid);
  return stat !== undefined && !stat.ended && same(stat, identity);
};

/** Whether the process handles the signal, which would otherwise end it. */
export const handles = (identity: Identity, signal: number): boolean => {
  const status = alive(identity) ? read(`/proc/${identity.pid}/status`) : "";
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & (1n << BigInt(signal - 1))) !== 0n;
};

/** The session leader of a run. */
export const findLeader = (mark: Mark): Identity | undefined =>
  living().find((stat) => stat.session === stat.pid && marked(stat.pid, mark));

/** All processes of a run: the leaders, their groups and sessions, every process with the mark, and all of the user. */
export const members = (mark: Mark, leaders: readonly Identity[] = []): readonly Identity[] => {
  const led = new Set(leaders.filter(alive).map(({ pid }) => pid));
  if (mark.session !== undefined) led.add(mark.session);
  return living().filter((stat) => led.has(stat.group) || led.has(stat.session) || marked(stat.pid, mark) || isOf(stat.pid, mark.uid));
};

export type Ending = {
  readonly mark: Mark;
  readonly leaders: readonly Identity[];
  readonly graceMilliseconds: number;
  readonly clock: MachineClock;
  /** Called while waiting. It throws to give up. */
  readonly unless: () => void;
};

/** Ends all members: first with SIGTERM, after the grace period with SIGKILL, until none is left. */
export const endAll = async ({ mark, leaders, graceMilliseconds, clock, unless }: Ending): Promise<void> => {
  const gone = async (identities: readonly Identity[], milliseconds: number) => {
    const deadline = clock.now() + milliseconds;
    for (; identities.some(alive) && clock.now() < deadline; await pause(clock, 20)) unless();
  };
  const asked = members(mark, leaders);
  for (const member of asked) signal(member, "SIGTERM");
  await gone(asked, graceMilliseconds);
  // New processes may have started meanwhile, so repeat until none is found.
  for (let look = 0; ; look++) {
    const left = [...asked.filter(alive), ...members(mark, leaders)];
    if (left.length === 0) return;
    if (look === 20) throw new MachineError("failed", `processes survive SIGKILL: ${left.map(({ pid }) => pid).join(", ")}`);
    for (const member of left) signal(member, "SIGKILL");
    await gone(left, 500);
  }
};

/** Sends a signal to exactly this process, or to none if it has ended. */
export const signal = (identity: Identity, name: NodeJS.Signals): void => {
  if (!alive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
};

const same = (one: Identity, other: Identity) => one.pid === other.pid && one.startTime === other.startTime && one.bootId === other.bootId;

const living = (): readonly Stat[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => statOf(Number(name)))
    .filter((stat) => stat !== undefined)
    .filter(({ ended }) => !ended);

const isOf = (pid: number, uid: number | undefined): boolean =>
  uid !== undefined && Number(/^Uid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1]) === uid;

const marked = (pid: number, { data, run }: Mark): boolean => {
  const environment = read(`/proc/${pid}/environ`).split("\0");
  return environment.includes(`PITRIX_DATA=${data}`) && (run === undefined || environment.includes(`PITRIX_RUN=${run}`));
};

const statOf = (pid: number): Stat | undefined => {
  const text = read(`/proc/${pid}/stat`);
  // The process name in parentheses may contain any character.
  const [state, , group, session, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const startTime = rest[15];
  if (startTime === undefined) return undefined;
  return { pid, startTime, bootId: bootId(), ended: state === "Z" || state === "X", group: Number(group), session: Number(session) };
};

let boot: string | undefined;
const bootId = (): string => {
  boot ??= read("/proc/sys/kernel/random/boot_id").trim();
  return boot;
};

/** The file's text; empty if the process has ended or belongs to another user. */
const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
