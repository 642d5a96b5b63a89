import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** What a load generator is to do; it is a process of its own. */
export type Load = {
  readonly urls: readonly string[];
  readonly headers: { readonly [name: string]: string };
  /** New aggregates, or all commands to this one. */
  readonly target: string | null;
  /** Sent with keys of their own, as a client does that may repeat. */
  readonly prefix: string;
  readonly seconds: number;
  readonly warmUp: number;
} & ({ readonly clients: number } | { readonly rate: number });

/** What it saw. Times are in milliseconds; of an open loop they count from when the request should have been sent. */
export type Loaded = {
  /** Answered within the time that counts. */
  readonly counted: number;
  readonly seconds: number;
  /** All that were carried out, also before and after. */
  readonly done: number;
  /** Answered before the read models had it. */
  readonly pending: number;
  readonly failures: readonly string[];
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly cpuSeconds: number;
};

const load: Load = JSON.parse(process.argv[2] ?? "{}");
const agent = new Agent({ keepAlive: true, maxSockets: "clients" in load ? load.clients : 512, scheduling: "fifo" });
const latencies: number[] = [];
const failures: string[] = [];
let done = 0;
let pending = 0;
let counted = 0;
let number = 0;
/** When the time that counts was over: for a closed loop not before each client had an answer. */
let over = Number.POSITIVE_INFINITY;
const started = performance.now();
const from = started + load.warmUp * 1000;
const until = from + load.seconds * 1000;
const targets = load.urls.map((url) => new URL("/v1/categories", url));

const send = (intended: number): Promise<void> =>
  new Promise((resolve) => {
    const mine = ++number;
    const name = `${load.prefix}-${mine}`;
    const body = JSON.stringify(
      load.target === null
        ? { name, locale: '{"en":"Bench"}', description: "A heading of the catalogue" }
        : { category_id: load.target, name, description: "A heading of the catalogue" },
    );
    const headers = {
      ...load.headers,
      "idempotency-key": name,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    };
    const fail = (reason: string) => {
      if (failures.length < 5) failures.push(reason);
      resolve();
    };
    const sent = request(
      targets[mine % targets.length] ?? "",
      { agent, method: load.target === null ? "POST" : "PATCH", headers },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        answer.on("end", () => {
          if (answer.statusCode !== 200) return fail(`${answer.statusCode} ${text.slice(0, 200)}`);
          const now = performance.now();
          done++;
          if (answer.headers["pitrix-pending"]) pending++;
          const within = "clients" in load ? now >= from && now < over : intended >= from && intended < until;
          if (within) {
            counted++;
            latencies.push(now - intended);
            if ("clients" in load && now >= until && counted >= load.clients) over = now;
          }
          resolve();
        });
      },
    );
    sent.on("error", (error) => fail(error.message));
    sent.end(body);
  });

/** So many at a time: the next one when the answer is there. What is still under way when the time is over is waited for. */
const closed = async (clients: number): Promise<void> => {
  const client = async (): Promise<void> => {
    while (over === Number.POSITIVE_INFINITY && failures.length === 0) await send(performance.now());
  };
  await Promise.all(Array.from({ length: clients }, client));
};

/** So many a second, whether answers come or not. */
const open = async (rate: number): Promise<void> => {
  const under: Promise<void>[] = [];
  for (let next = started; next < until && failures.length === 0; ) {
    const now = performance.now();
    for (; next <= now && next < until; next += 1000 / rate) under.push(send(next));
    await pause(Math.max(0, next - performance.now()));
  }
  await Promise.all(under);
};

await ("clients" in load ? closed(load.clients) : open(load.rate));
agent.destroy();
latencies.sort((a, b) => a - b);
const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
const { user, system } = process.cpuUsage();
const loaded: Loaded = {
  ...{ counted, seconds: "clients" in load ? (over - from) / 1000 : load.seconds, done, pending, failures },
  ...{ p50: at(0.5), p99: at(0.99), worst: at(1), cpuSeconds: (user + system) / 1e6 },
};
console.log(JSON.stringify(loaded));
