import { readdirSync, readFileSync } from "node:fs";
import { type MachineClock, pause } from "./clock.ts";
import { MachineError } from "./types.ts";

/** One process and no later one of the same pid: its start (clock ticks since boot) and the boot tell them apart. */
export type Identity = { readonly pid: number; readonly startTime: string; readonly bootId: string };

/** What a process inherits in its environment: how its descendants are found whatever group or session they fled to. */
export type Mark = {
  readonly data: string;
  readonly run?: string;
  /** A session whose leader was just seen to end, for those that overwrote their environment; later its number may be somebody else's. */
  readonly session?: number;
};

type Stat = Identity & { readonly ended: boolean; readonly group: number; readonly session: number };

/** The identity of a living process. */
export const identify = (pid: number): Identity | undefined => {
  const stat = statOf(pid);
  return stat && { pid, startTime: stat.startTime, bootId: stat.bootId };
};

/** A zombie is dead: not every init reaps. */
export const alive = (identity: Identity): boolean => {
  const stat = statOf(identity.pid);
  return stat !== undefined && !stat.ended && same(stat, identity);
};

/** Whether it has a handler for a signal, which would otherwise end it. */
export const handles = (identity: Identity, signal: number): boolean => {
  const status = alive(identity) ? read(`/proc/${identity.pid}/status`) : "";
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & (1n << BigInt(signal - 1))) !== 0n;
};

/** The session leader of a run. */
export const findLeader = (mark: Mark): Identity | undefined =>
  living().find((stat) => stat.session === stat.pid && marked(stat.pid, mark));

/** The leaders, their groups and sessions, and whatever carries the mark. */
export const members = (mark: Mark, leaders: readonly Identity[] = []): readonly Identity[] => {
  const led = new Set(leaders.filter(alive).map(({ pid }) => pid));
  if (mark.session !== undefined) led.add(mark.session);
  return living().filter((stat) => led.has(stat.group) || led.has(stat.session) || marked(stat.pid, mark));
};

export type Ending = {
  readonly mark: Mark;
  readonly leaders: readonly Identity[];
  readonly graceMilliseconds: number;
  readonly clock: MachineClock;
  /** Asked while waiting; a reason to give up is thrown. */
  readonly unless: () => void;
};

/** Ends all members: SIGTERM, after the grace SIGKILL, until none is left. */
export const endAll = async ({ mark, leaders, graceMilliseconds, clock, unless }: Ending): Promise<void> => {
  const gone = async (identities: readonly Identity[], milliseconds: number) => {
    const deadline = clock.now() + milliseconds;
    for (; identities.some(alive) && clock.now() < deadline; await pause(clock, 20)) unless();
  };
  const asked = members(mark, leaders);
  for (const member of asked) signal(member, "SIGTERM");
  await gone(asked, graceMilliseconds);
  // Some may have been started meanwhile, so look again until a look finds nothing.
  for (let look = 0; ; look++) {
    const left = [...asked.filter(alive), ...members(mark, leaders)];
    if (left.length === 0) return;
    if (look === 20) throw new MachineError("failed", `processes survive SIGKILL: ${left.map(({ pid }) => pid).join(", ")}`);
    for (const member of left) signal(member, "SIGKILL");
    await gone(left, 500);
  }
};

/** A signal to this very process, or to nobody. */
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

const marked = (pid: number, { data, run }: Mark): boolean => {
  const environment = read(`/proc/${pid}/environ`).split("\0");
  return environment.includes(`PITRIX_DATA=${data}`) && (run === undefined || environment.includes(`PITRIX_RUN=${run}`));
};

const statOf = (pid: number): Stat | undefined => {
  const text = read(`/proc/${pid}/stat`);
  // The name, in brackets, may hold anything.
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

/** Nothing where the process is gone or belongs to somebody else. */
const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
