import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { join } from "node:path";
import { services } from "../../services/index.ts";
import { guard } from "../embedded/guard.ts";
import { identify } from "../embedded/identity.ts";
import { freePorts } from "../embedded/ports.ts";

/** A service as its own process. */
export type ServiceProcess = {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  /** The URL of its probes and metrics: the gateway has a port of its own for them. */
  readonly operationsUrl: string;
  readonly log: string;
  /** Sends SIGTERM, then SIGKILL after the timeout. */
  readonly stop: (milliseconds?: number) => Promise<void>;
  readonly kill: () => Promise<void>;
};
/** Plain HTTP, or HTTPS; `client` names the files of the client certificate, if the server requires one. */
export type Transport = { readonly secure: boolean; readonly client?: { readonly cert: string; readonly key: string } };

export type ServiceOptions = {
  readonly name: string;
  readonly port: number;
  /** The gateway's port for operators; by default a free one. */
  readonly operationsPort?: number | undefined;
  /** The compiled composition root. */
  readonly program: string;
  readonly directory: string;
  readonly environment: { readonly [name: string]: string };
  /** The transport of its probes and metrics. */
  readonly transport?: Transport;
  readonly limit: number;
  /** Called when the service ends unexpectedly. */
  readonly ended?: (name: string, reason: string) => void;
};

/** Starts a service and waits until it is ready. Throws with the end of its log if it ends or is not ready in time. */
export const startService = async ({
  name,
  port,
  operationsPort,
  program,
  directory,
  environment,
  transport = { secure: false },
  limit,
  ended,
}: ServiceOptions): Promise<ServiceProcess> => {
  mkdirSync(directory, { recursive: true });
  const log = join(directory, `${name}.log`);
  const output = openSync(log, "a");
  const isEntry = (await services[name]?.())?.entry === true;
  const operations = isEntry ? (operationsPort ?? (await freePorts(1))[0] ?? 0) : port;
  const child = spawn(process.execPath, [program, name], {
    stdio: ["ignore", output, output],
    env: {
      PATH: process.env.PATH ?? "",
      HOME: process.env.HOME ?? "",
      ...environment,
      PITRIX_PORT: String(port),
      ...(isEntry && { PITRIX_OPERATIONS_PORT: String(operations) }),
    },
  });
  closeSync(output);
  // The guard ends the service when this process ends, even after a crash.
  const keeper = child.pid === undefined ? undefined : guard(identify(child.pid));
  let asked = false;
  const over = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      keeper?.kill("SIGKILL");
      resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`);
    });
  });
  const urlOf = (secure: boolean, at: number): string => `${secure ? "https" : "http"}://127.0.0.1:${at}`;
  const operationsUrl = urlOf(transport.secure, operations);
  const reason = await Promise.race([over, isReady(operationsUrl, transport, limit)]);
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
    url: isEntry ? urlOf(environment.PITRIX_TLS_CERT !== undefined, port) : operationsUrl,
    operationsUrl,
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

/** Resolves to undefined once the service is ready, or to its last state at the timeout. */
const isReady = async (url: string, transport: Transport, limit: number): Promise<string | undefined> => {
  const until = Date.now() + limit;
  let last = "does not answer";
  while (Date.now() < until) {
    try {
      const { status, text } = await ask(`${url}/readyz`, transport);
      if (status === 200) return undefined;
      last = `is not ready: ${text}`;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return `was not ready within ${limit / 1_000} s: it ${last}`;
};

/** Does not verify the server certificate: the server is the process just started, and the request contains nothing secret. */
const ask = (url: string, { secure, client }: Transport): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const identity = client && { cert: readFileSync(client.cert), key: readFileSync(client.key) };
    const options = { agent: false, signal: AbortSignal.timeout(2_000), rejectUnauthorized: false, ...identity } as const;
    const request = (secure ? overHttps : overHttp)(url, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (more) => (text += more));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text })).on("error", reject);
    });
    request.on("error", reject).end();
  });

const tail = (file: string): string => readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n");
