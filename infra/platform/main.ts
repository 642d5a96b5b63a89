import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { OPERATOR } from "../../services/chassis/acls.ts";
import { nodesOf, startPlatform } from "./platform.ts";

/** Environment variables that the platform passes to its services. */
const forwarded = [
  ...["PITRIX_TLS_CERT", "PITRIX_TLS_KEY", "PITRIX_INTERNAL_TLS_CERT", "PITRIX_INTERNAL_TLS_KEY", "PITRIX_INTERNAL_TLS_CA"],
  ...["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS"],
  ...["OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"],
  ...[
    "PITRIX_REPO_PRIVATE_NETWORKS",
    "PITRIX_REPO_INDEX_SECONDS",
    "PITRIX_CONNECTIONS",
    "PITRIX_RATE_LIMIT",
    "PITRIX_TRUSTED_PROXIES",
    "PITRIX_PUBLIC_URL",
    "SCHEMA_REGISTRY_URL",
  ],
  ...["PITRIX_LOCAL_DIRECTORY", "PITRIX_LOCAL_USERS"],
];

const usage = `Usage: node dist/infra/platform/main.js <up|down|status|reset> [options]

  up        start the platform in the background and return when it answers; no change if it runs
  down      stop the platform; keep its state
  status    show the services (exit code 0 if the platform runs, 3 if not)
  reset     stop the platform and delete its state

  --directory D   state, secrets and logs (default .pitrix/platform)
  --port P        the gateway's port; the services follow, and the one before is for operators (default 9100)
  --foreground    stay attached until Ctrl-C
  --json          answer in JSON

  KAFKA_BROKERS and MONGODB_URL name servers to use instead of embedded ones. Passed to the services, if set:
  ${forwarded.join(", ")}.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    directory: { type: "string", default: ".pitrix/platform" },
    port: { type: "string", default: "9100" },
    foreground: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** The state file of a running platform, in its directory. */
type Status = {
  readonly pid: number;
  readonly url: string;
  /** The client of operators, and the one for logins. */
  readonly client: string;
  readonly loginClient: string;
  readonly administrator: string;
  /** The URLs for operators, who use the `pitrix` command, Prometheus and probes. */
  readonly services: { readonly [name: string]: string };
  /** The `pitrix` command reads the log from these brokers. */
  readonly brokers: readonly string[];
  /** The Kafka user of the `pitrix` command, whose password is in secrets.json; null for a Kafka that is not embedded. */
  readonly kafkaUser: string | null;
};
const statusFile = join(values.directory, "platform.json");
const logFile = join(values.directory, "platform.log");

const running = (): Status | undefined => {
  if (!existsSync(statusFile)) return undefined;
  const status: Status = JSON.parse(readFileSync(statusFile, "utf8"));
  try {
    process.kill(status.pid, 0);
    return status;
  } catch {
    return undefined;
  }
};

const print = (status: Status | undefined, otherwise: string): void => {
  if (values.json) return void process.stdout.write(`${JSON.stringify(status ?? null)}\n`);
  if (!status) return void process.stdout.write(`${otherwise}\n`);
  const { url, client, loginClient, administrator, services } = status;
  const about = { "operate with": client, "log in with": loginClient, administrator, "secrets, logs": values.directory };
  const rows = Object.entries({ ...services, ...about });
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const list = rows.map(([name, what]) => `  ${name.padEnd(width)}${what}\n`);
  process.stdout.write(`Pitrix answers at ${url}; for operators:\n${list.join("")}`);
};

const until = async (what: string, seconds: number, holds: () => boolean): Promise<void> => {
  const end = Date.now() + seconds * 1_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what} within ${seconds} s; see ${logFile}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const foreground = async (): Promise<void> => {
  const report = (text: string): void => void process.stderr.write(`${text}\n`);
  let stop = async (): Promise<void> => {};
  const end = async (code: number): Promise<never> => {
    await stop();
    rmSync(statusFile, { force: true });
    process.exit(code);
  };
  const platform = await startPlatform({
    directory: values.directory,
    port: Number(values.port),
    environment: Object.fromEntries(forwarded.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
    report,
    ended: (name, reason) => {
      report(`service ${name} ${reason}`);
      void end(1);
    },
  });
  stop = platform.stop;
  const { client, loginClient, administrator } = platform.secrets;
  const shown = ({ id, secret }: typeof client) => (platform.fresh ? `${id}:${secret}` : `${id} (its secret is in secrets.json)`);
  const status: Status = {
    pid: process.pid,
    url: platform.url,
    client: shown(client),
    loginClient: shown(loginClient),
    administrator: platform.fresh ? `${administrator.email}:${administrator.password}` : administrator.email,
    services: Object.fromEntries(platform.services.map(({ name, operationsUrl }) => [name, operationsUrl])),
    brokers: platform.kafka.brokers,
    kafkaUser: platform.embedded ? OPERATOR : null,
  };
  const targets = platform.services.map(({ name, operationsUrl }) => ({
    targets: [new URL(operationsUrl).host],
    labels: { service: name },
  }));
  writeFileSync(join(values.directory, "targets.json"), JSON.stringify(targets, undefined, 2));
  // `up` prints the secrets once and then removes them from the file.
  writeFileSync(statusFile, JSON.stringify({ ...status, ready: true }), { mode: 0o600 });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end(0));
};

const up = async (): Promise<void> => {
  const already = running();
  if (already) return print(already, "");
  if (values.foreground) return foreground();
  mkdirSync(values.directory, { recursive: true, mode: 0o700 });
  const output = openSync(logFile, "w", 0o600);
  const child = spawn(
    process.execPath,
    [process.argv[1] ?? "", "up", "--foreground", "--directory", values.directory, "--port", values.port],
    { detached: true, stdio: ["ignore", output, output] },
  );
  let code: number | null | undefined;
  child.once("exit", (exit) => {
    code = exit;
  });
  await until("the platform was not ready", 120, () => code !== undefined || running() !== undefined);
  if (code !== undefined)
    throw new Error(`the platform did not start:\n${readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-20).join("\n")}`);
  child.unref();
  const status = running();
  print(status, "");
  if (status)
    writeFileSync(
      statusFile,
      JSON.stringify({
        ...status,
        client: status.client.split(":")[0],
        loginClient: status.loginClient.split(":")[0],
        administrator: status.administrator.split(":")[0],
      }),
      { mode: 0o600 },
    );
};

const down = async (): Promise<void> => {
  const status = running();
  if (!status) return print(undefined, "Pitrix is not running.");
  process.kill(status.pid, "SIGTERM");
  await until("it did not stop", 60, () => running() === undefined);
  print(undefined, "Pitrix is stopped; its state is kept.");
};

const commands: { readonly [name: string]: () => Promise<void> } = {
  up,
  down,
  status: async () => {
    const status = running();
    print(status, "Pitrix is not running.");
    process.exitCode = status ? 0 : 3;
  },
  reset: async () => {
    await down();
    for (const directory of [values.directory, nodesOf(values.directory)]) rmSync(directory, { recursive: true, force: true });
  },
};

const command = commands[positionals[0] ?? ""];
if (values.help || !command) {
  (values.help ? process.stdout : process.stderr).write(`${usage}\n`);
  process.exitCode = values.help ? 0 : 64;
} else
  await command().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
