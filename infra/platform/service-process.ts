import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { join } from "node:path";
import { guard } from "../embedded/guard.ts";
import { identify } from "../embedded/identity.ts";

/** A service as its own process. */
export type ServiceProcess = {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly log: string;
  /** SIGTERM, and SIGKILL when the time is up. */
  readonly stop: (milliseconds?: number) => Promise<void>;
  readonly kill: () => Promise<void>;
};
/** Plain HTTP, or HTTPS; `shows` names the files of the certificate that is asked for. */
export type Wire = { readonly secure: boolean; readonly shows?: { readonly cert: string; readonly key: string } };

export type ServiceOptions = {
  readonly name: string;
  readonly port: number;
  /** The compiled composition root. */
  readonly program: string;
  readonly directory: string;
  readonly environment: { readonly [name: string]: string };
  readonly wire?: Wire;
  readonly limit: number;
  /** It ended without being asked to. */
  readonly ended?: (name: string, reason: string) => void;
};

/** Starts a service and waits until it is ready. Throws with the end of its log when it is not in time, or ends. */
export const startService = async ({
  name,
  port,
  program,
  directory,
  environment,
  wire = { secure: false },
  limit,
  ended,
}: ServiceOptions): Promise<ServiceProcess> => {
  mkdirSync(directory, { recursive: true });
  const log = join(directory, `${name}.log`);
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [program, name], {
    stdio: ["ignore", output, output],
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...environment, PITRIX_PORT: String(port) },
  });
  closeSync(output);
  // It ends with this process, however that ends.
  const keeper = child.pid === undefined ? undefined : guard(identify(child.pid));
  let asked = false;
  const over = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      keeper?.kill("SIGKILL");
      resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
    });
  });
  const url = `${wire.secure ? "https" : "http"}://127.0.0.1:${port}`;
  const reason = await Promise.race([over, isReady(url, wire, limit)]);
  if (reason !== undefined) {
    child.kill("SIGKILL");
    throw new Error(`service ${name} ${reason}\n${tail(log)}\nIts log: ${log}`);
  }
  void over.then((why) => {
    if (!asked) ended?.(name, why);
  });
  const end = async (signal: NodeJS.Signals, milliseconds: number): Promise<void> => {
    asked = true;
    await endProcess(child, signal, milliseconds, over);
  };
  return {
    name,
    pid: child.pid ?? 0,
    url,
    log,
    stop: (milliseconds = 15_000) => end("SIGTERM", milliseconds),
    kill: () => end("SIGKILL", 0),
  };
};

const endProcess = async (child: ChildProcess, signal: NodeJS.Signals, milliseconds: number, over: Promise<string>): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const timer = milliseconds > 0 ? setTimeout(() => child.kill("SIGKILL"), milliseconds) : undefined;
  await over;
  clearTimeout(timer);
};

/** Undefined once it is ready; otherwise what it said last. */
const isReady = async (url: string, wire: Wire, limit: number): Promise<string | undefined> => {
  const until = Date.now() + limit;
  let last = "does not answer";
  while (Date.now() < until) {
    try {
      const { status, text } = await ask(`${url}/readyz`, wire);
      if (status === 200) return undefined;
      last = `is not ready: ${text}`;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return `was not ready within ${limit / 1_000} s: it ${last}`;
};

/** Whose certificate it is does not matter here: it is the process that was just started, and is told nothing. */
const ask = (url: string, { secure, shows }: Wire): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const identity = shows && { cert: readFileSync(shows.cert), key: readFileSync(shows.key) };
    const options = { agent: false, signal: AbortSignal.timeout(2_000), rejectUnauthorized: false, ...identity } as const;
    const request = (secure ? overHttps : overHttp)(url, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (more) => (text += more));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text })).on("error", reject);
    });
    request.on("error", reject).end();
  });

const tail = (file: string): string => readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n");
