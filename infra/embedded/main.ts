import { join, resolve } from "node:path";
import type { WriteStream } from "node:tty";
import { parseArgs } from "node:util";
import { EmbeddedError } from "./failure.ts";
import { settingsOf } from "./kafka/connection.ts";
import { startEmbedded } from "./platform.ts";
import { claimDirectory, statusOf, stopAll } from "./status.ts";

const usage = `Usage: node dist/infra/embedded/main.js <command> [options]

  up             start Kafka and the document store, until Ctrl-C or "down"
  status         show the servers (exit code 0 if all of them answer, 3 otherwise)
  down           stop the servers

  --directory D  data, ports and logs (default .pitrix/embedded)
  --nodes N      Kafka nodes, 1 or 3       --kafka-port P   --store-port P
  --take-over    stop servers that still run on the directory
  --json         answer in JSON`;

const paint = (stream: WriteStream, code: number, text: string): string =>
  code !== 0 && stream.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text;
const print = (text: string, code = 0): void => console.error(paint(process.stderr, code, text));
const report = (text: string): void => print(text, 2);

type Arguments = ReturnType<typeof parse>;

const parse = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      directory: { type: "string", default: join(".pitrix", "embedded") },
      nodes: { type: "string" },
      "kafka-port": { type: "string" },
      "store-port": { type: "string" },
      "take-over": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });

const portOf = (text: string | undefined, name: string): number | undefined => {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--${name} must be a port, not "${text}"`);
  return port;
};

const nodeCount = (text: string | undefined): 1 | 3 | undefined => {
  if (text === undefined) return undefined;
  if (text !== "1" && text !== "3") throw new Error(`--nodes must be 1 or 3, not "${text}"`);
  return text === "1" ? 1 : 3;
};

const up = async (directory: string, { values }: Arguments): Promise<number> => {
  const kafkaPort = portOf(values["kafka-port"], "kafka-port");
  const storePort = portOf(values["store-port"], "store-port");
  const nodes = nodeCount(values.nodes);
  let end: (failed: string | undefined) => void = () => undefined;
  const over = new Promise<string | undefined>((done) => {
    end = done;
  });
  let ready = false;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Servers that have started end with this process.
    process.on(name, () => (ready ? end(undefined) : process.exit(130)));
  }
  const started = performance.now();
  const servers = await startEmbedded({
    directory,
    takeOver: values["take-over"],
    report,
    ended: (what) => end(what),
    ...(kafkaPort && { kafkaPort }),
    ...(storePort && { storePort }),
    ...(nodes && { nodes }),
  });
  ready = true;
  claimDirectory(directory);
  const { kafka, store } = servers;
  if (values.json) console.log(JSON.stringify({ ...kafka.connection, url: store.url, pids: [...kafka.pids, ...store.pids] }));
  else {
    const { KAFKA_BROKERS, KAFKA_SASL } = settingsOf(kafka.connection);
    console.log(`KAFKA_BROKERS=${KAFKA_BROKERS}\nKAFKA_SASL=${KAFKA_SASL}\nMONGODB_URL=${store.url}`);
    print(`Both servers answer after ${((performance.now() - started) / 1000).toFixed(1)} s. Ctrl-C stops them.`, 32);
  }
  const failed = await over;
  await servers.stop();
  if (failed) print(`${failed}; see the logs under ${directory}`, 31);
  return failed ? 1 : 0;
};

const colours = { answers: 32, starting: 33, stopped: 31 } as const;

const status = async (directory: string, { values }: Arguments): Promise<number> => {
  const servers = await statusOf(directory);
  if (values.json) console.log(JSON.stringify(servers));
  else if (servers.length === 0) print(`No server was ever started in ${directory}`);
  for (const { name, address, state, pid } of values.json ? [] : servers) {
    const painted = paint(process.stdout, colours[state], state);
    console.log(`${name.padEnd(15)} ${address.padEnd(16)} ${painted}${pid ? `, process id ${pid}` : ""}`);
  }
  return servers.length > 0 && servers.every(({ state }) => state === "answers") ? 0 : 3;
};

const down = async (directory: string, { values }: Arguments): Promise<number> => {
  const stopped = await stopAll(directory);
  if (values.json) console.log(JSON.stringify(stopped.map(({ name, pid }) => ({ name, pid }))));
  else print(stopped.length === 0 ? "No server was running." : `Stopped: ${stopped.map(({ name }) => name).join(", ")}.`);
  return 0;
};

const commands: Readonly<Record<string, (directory: string, parsed: Arguments) => Promise<number>>> = { up, status, down };

const main = async (): Promise<number> => {
  const parsed = parse();
  const command = commands[parsed.positionals[0] ?? ""];
  if (command && !parsed.values.help) return command(resolve(parsed.values.directory), parsed);
  console.log(usage);
  return parsed.values.help ? 0 : 2;
};

try {
  process.exitCode = await main();
} catch (failure) {
  const message = failure instanceof Error ? failure.message : String(failure);
  if (process.argv.includes("--json"))
    console.log(JSON.stringify({ error: failure instanceof EmbeddedError ? failure.code : "failed", message }));
  print(message, 31);
  process.exitCode = 1;
}
