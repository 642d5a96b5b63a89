import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  type LocalMachineOptions,
  localMachine,
  type Machine,
  type MachineClock,
  type NewNode,
} from "../../../../../services/providers/local/machine.ts";
import { eventually } from "../../../../eventually.ts";

/** A program for nodes. It writes what happens to it into its data directory and ends by itself should a test forget it. */
const program = `
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const { join } = require("node:path");
const note = (line) => appendFileSync(join(process.env.PITRIX_DATA, "notes"), line + "\\n");
setTimeout(() => process.exit(99), 60_000);
const [, , act, ...rest] = process.argv;
const acts = {
  note: () => { note(rest.join("|")); process.exit(0); },
  print: () => { console.log(rest.join("\\n")); process.exit(0); },
  fail: () => { console.error("this went wrong"); process.exit(Number(rest[0])); },
  environment: () => { writeFileSync(join(process.env.PITRIX_DATA, "environment"), JSON.stringify({ env: process.env, cwd: process.cwd() })); process.exit(0); },
  stay: () => { writeFileSync(join(process.env.PITRIX_DATA, "pid"), String(process.pid)); note("started"); },
  end: async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
    const pid = Number(readFileSync(join(process.env.PITRIX_DATA, "pid"), "utf8"));
    for (note("ending"); existsSync(join(process.env.PITRIX_DATA, "hold")); ) await pause();
    for (let runs = true; runs; await pause()) try { process.kill(pid, "SIGTERM"); } catch { runs = false; }
    process.exit(0);
  },
  once: () => {},
  serve: () => require("node:net").createServer((socket) => socket.end()).listen(Number(rest[0]), process.env.PITRIX_ADDRESS),
  stubborn: () => { process.on("SIGTERM", () => note("SIGTERM")); note("started"); },
  polite: () => { process.on("SIGTERM", () => { note("SIGTERM"); process.exit(0); }); note("started"); },
  reload: () => { process.on("SIGHUP", () => note("SIGHUP " + readFileSync(process.env.PITRIX_METADATA, "utf8").replaceAll(/\\s/g, ""))); note("started"); },
  informed: () => { const read = () => note(readFileSync(process.env.PITRIX_METADATA, "utf8").replaceAll(/\\s/g, "")); process.on("SIGHUP", read); read(); },
  family: () => {
    for (const detached of [false, true]) {
      const child = spawn(process.execPath, [__filename, "child"], { stdio: "ignore", detached });
      child.unref();
    }
    note("started");
  },
  child: () => {
    process.on("SIGTERM", () => {});
    spawn(process.execPath, [__filename, "grandchild"], { stdio: "ignore" }).unref();
    note("child");
  },
  nameless: () => { const { pid } = spawn("sleep", ["60"], { stdio: "ignore", env: {} }); note(String(pid)); },
  grandchild: () => { process.on("SIGTERM", () => {}); note("grandchild"); },
};
acts[act]();
`;

export const files = (more: Record<string, string> = {}): ReadonlyMap<string, Uint8Array> =>
  new Map(Object.entries({ "program.cjs": program, ...more }).map(([path, text]) => [path, new TextEncoder().encode(text)]));

export const aNode = (nodeId: string, more: Partial<NewNode> = {}): NewNode => ({
  nodeId,
  clusterId: "cl-1",
  role: "web",
  serverId: 1,
  files: files(),
  env: {},
  ...more,
});

/** A machine of which every cluster may use all. */
export const openMachine = (options: Omit<LocalMachineOptions, "authorize">): Machine =>
  localMachine({ authorize: async () => {}, ...options });

/** A directory for machines; after the test nothing runs in it and it is gone, whatever happened. */
export const playground = (context: TestContext) => {
  const directory = mkdtempSync(join(tmpdir(), "pitrix-machine-"));
  // As root, nodes have users of their own, who pass through here.
  chmodSync(directory, 0o711);
  const ends: (() => Promise<unknown>)[] = [];
  const sweep = () => {
    for (const pid of running(directory)) kill(pid);
  };
  const interrupted = () => process.exit(143);
  process.on("exit", sweep).on("SIGTERM", interrupted).on("SIGINT", interrupted);
  context.after(async () => {
    try {
      for (const end of ends) await end();
      await eventually("all processes are gone", () => {
        sweep();
        return running(directory).length === 0;
      });
    } finally {
      process.off("exit", sweep).off("SIGTERM", interrupted).off("SIGINT", interrupted);
      rmSync(directory, { recursive: true, force: true });
    }
  });
  return {
    directory,
    machine: (options: Partial<LocalMachineOptions> = {}): Machine => {
      const machine = openMachine({ directory, ...options });
      ends.push(machine.close);
      return machine;
    },
    /** What starts processes here and must end before the directory is swept. */
    inhabitant: (end: () => Promise<unknown>): void => void ends.push(end),
    notes: (nodeId: string): readonly string[] => lines(join(directory, "nodes", nodeId, "data", "notes")),
    /** Pids of what runs with a data directory below, or below the node's. */
    running: (nodeId?: string): readonly number[] => running(nodeId === undefined ? directory : join(directory, "nodes", nodeId)),
  };
};

/** Real time for short waits; long ones end when the test says so. */
export const steppedClock = (): MachineClock & { waits(): readonly number[]; advance(milliseconds: number): void } => {
  let ahead = 0;
  const waiting = new Set<{ at: number; milliseconds: number; callback: () => void }>();
  const now = () => Date.now() + ahead;
  return {
    now,
    after: (milliseconds, callback) => {
      if (milliseconds < 400) {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      }
      const wait = { at: now() + milliseconds, milliseconds, callback };
      waiting.add(wait);
      return () => void waiting.delete(wait);
    },
    waits: () => [...waiting].map(({ milliseconds }) => milliseconds),
    advance: (milliseconds) => {
      ahead += milliseconds;
      for (const wait of [...waiting].filter(({ at }) => at <= now())) {
        waiting.delete(wait);
        wait.callback();
      }
    },
  };
};

export const freePort = (host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });

export const lives = (pid: number): boolean => !/^$|\) [ZX] /.test(text(`/proc/${pid}/stat`));

export const running = (directory: string): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && text(`/proc/${name}/environ`).includes(`PITRIX_DATA=${directory}`))
    .map(Number)
    .filter(lives);

export const kill = (pid: number, signal: NodeJS.Signals = "SIGKILL"): void => {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
};

const lines = (path: string) => text(path).split("\n").filter(Boolean);

const text = (path: string) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
