import { setTimeout as pause } from "node:timers/promises";
import { freePorts } from "../../infra/embedded/ports.ts";
import { type ServiceProcess, startService } from "../../infra/platform/service-process.ts";
import type { CrashPoint } from "./crash-points.ts";

/** What an incarnation of a process is to suffer. */
export type Fate = Lasting & { readonly crash?: { readonly point: CrashPoint; readonly count: number } };
/** What later incarnations suffer, too: a read model that throws; the type of an event whose latest schema the build does not know. */
type Lasting = { readonly poison?: string; readonly unknown?: string };

/** A service whose dead processes are started again, as any supervisor of processes does. */
export type Supervised = {
  readonly name: string;
  /** Where it takes requests. */
  readonly urls: () => readonly string[];
  /** How often a process of it was killed or has killed itself. */
  readonly kills: () => number;
  /** kill -9, and a new incarnation at once. */
  readonly kill: (fate?: Fate) => Promise<void>;
  /** kill -9, and a new incarnation that dies at a point; true once its successor is ready, false if it has not come to the point within the time. */
  readonly doom: (crash: { readonly point: CrashPoint; readonly count: number }, milliseconds: number) => Promise<boolean>;
  /** A new process beside the old; when it is ready, the old is asked to end. `left` resolves when nobody sends to the old any more. */
  readonly replace: (left: (url: string) => Promise<void>, fate?: Fate) => Promise<void>;
  readonly stop: () => Promise<void>;
};
export type SuperviseOptions = {
  readonly name: string;
  readonly program: string;
  readonly directory: string;
  readonly environment: { readonly [name: string]: string };
  readonly report: (text: string) => void;
};

const READY = 120_000;

export const supervise = async ({ name, program, directory, environment, report }: SuperviseOptions): Promise<Supervised> => {
  let stopping = false;
  let kills = 0;
  let running: ServiceProcess | undefined;
  let reviving: Promise<void> = Promise.resolve();
  let deaths = 0;
  const [first = 0, second = 0, firstOperations = 0, secondOperations = 0] = await freePorts(4);
  let port = first;

  const start = async ({ crash, ...lasting }: Fate): Promise<ServiceProcess> => {
    const { poison, unknown } = lasting;
    const fate = {
      ...(crash && { PITRIX_FAULTS_CRASH: `${crash.count} ${crash.point}` }),
      ...(poison && { PITRIX_FAULTS_POISON: poison }),
      ...(unknown && { PITRIX_FAULTS_UNKNOWN: unknown }),
    };
    const incarnation = startService({
      name,
      port,
      operationsPort: port === first ? firstOperations : secondOperations,
      program,
      directory,
      environment: { ...environment, ...fate },
      limit: READY,
      ended: (_, why) => died(why, lasting),
    });
    return incarnation.catch((error: unknown) => {
      // It may have died of its fate before it was ready.
      if (!crash || stopping) throw error;
      kills++;
      deaths++;
      return start(lasting);
    });
  };
  const died = (why: string, lasting: Lasting): void => {
    if (stopping) return;
    kills++;
    if (!why.includes("SIGKILL")) report(`${name} ${why}`);
    reviving = revive(lasting).finally(() => {
      deaths++;
    });
    // Whoever waits for the service next is told; until then it is nobody's failure.
    reviving.catch((error: unknown) => report(`${name} does not come back: ${error}`));
  };
  const revive = async (fate: Fate): Promise<void> => {
    running = undefined;
    const incarnation = await start(fate);
    running = incarnation;
    if (stopping) await incarnation.kill();
  };

  const kill = async (fate: Fate = {}): Promise<void> => {
    await reviving;
    await running?.kill();
    kills++;
    reviving = revive(fate);
    await reviving;
  };

  await revive({});
  return {
    name,
    urls: () => (running ? [running.url] : []),
    kills: () => kills,
    kill,
    doom: async (crash, milliseconds) => {
      const before = deaths;
      await kill({ crash });
      for (const until = Date.now() + milliseconds; deaths === before && Date.now() < until; ) await pause(20);
      await reviving;
      return deaths > before;
    },
    replace: async (left, fate = {}) => {
      await reviving;
      const old = running;
      port = port === first ? second : first;
      running = await start(fate);
      if (!old) return;
      await left(old.url);
      await old.stop();
    },
    stop: async () => {
      stopping = true;
      await reviving.catch(() => {});
      await running?.stop();
    },
  };
};
