import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { KubernetesError } from "./ports.ts";

/** Bytes of what helm says that are kept. */
const MAX_SAID = 64 * 1024;
/** Milliseconds after which a helm that was asked to end is killed: it marks its release as failed first. */
const GRACE = 10_000;

export type HelmRun = {
  readonly program: string;
  readonly args: readonly string[];
  /** The folder of the action: helm keeps what it caches there. */
  readonly directory: string;
  readonly milliseconds: number;
  readonly signal: AbortSignal;
};

/**
 * Runs helm, with nothing of this process's environment: no plugins, no proxy, no configuration of its own. Throws a KubernetesError with what helm
 * says if it fails. Nothing secret is an argument.
 */
export const runHelm = ({ program, args, directory, milliseconds, signal }: HelmRun): Promise<string> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn(program, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"], env: environmentIn(directory) });
    const late = setTimeout(() => end(child), milliseconds);
    const stop = () => end(child);
    signal.addEventListener("abort", stop, { once: true });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].on("data", (chunk: Buffer) => {
        said[stream] = (said[stream] + chunk.toString("utf8")).slice(-MAX_SAID);
      });
    child.once("error", (error) => {
      over();
      reject(Reflect.get(error, "code") === "ENOENT" ? new KubernetesError(`there is no helm here: ${program} was not found`) : error);
    });
    child.once("close", (code, killedBy) => {
      over();
      if (code === 0) resolve(said.stdout);
      else if (signal.aborted) reject(signal.reason);
      else reject(failureOf(said.stderr, code, killedBy));
    });
    const over = (): void => {
      clearTimeout(late);
      signal.removeEventListener("abort", stop);
    };
  });

/** The major of a helm; undefined if there is none that says its version. */
export const helmMajor = async (program: string, directory: string): Promise<number | undefined> => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const run = { program, args: ["version", "--short"], directory, milliseconds: 10_000, signal: new AbortController().signal };
  return runHelm(run).then(
    (said) => Number(/v(\d+)\./.exec(said)?.[1] ?? 3),
    () => undefined,
  );
};

const end = (child: ChildProcess): void => {
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), GRACE);
  child.once("exit", () => clearTimeout(kill));
};

const environmentIn = (directory: string) => ({
  HOME: directory,
  HELM_CACHE_HOME: `${directory}/cache`,
  HELM_CONFIG_HOME: `${directory}/config`,
  HELM_DATA_HOME: `${directory}/data`,
  HELM_PLUGINS: `${directory}/plugins`,
  HELM_NO_PLUGINS: "1",
  GOMAXPROCS: "2",
  GOMEMLIMIT: "512MiB",
});

/** What a helm says whose API server cannot be reached. */
const outOfReach =
  /connection refused|no route to host|i\/o timeout|TLS handshake timeout|EOF$|Service Unavailable|Too Many Requests|cluster unreachable/i;

const failureOf = (stderr: string, code: number | null, killedBy: string | null): Error => {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !/^(?:WARNING|level=|I\d{4}|W\d{4})/.test(line));
  const said = lines
    .join(" ")
    .replace(/^.*?Error: /, "")
    .slice(0, 2_000);
  if (outOfReach.test(said)) return new Error(`helm: ${said}`);
  return new KubernetesError(said || `helm was ended by ${killedBy ?? `code ${code}`}`);
};
