import type { Measurement } from "../../harness/row.ts";
import { usageOf } from "../../harness/usage.ts";
import { runLoad } from "../commands/run-load.ts";
import { type Servers, startServers } from "../commands/servers.ts";
import { type Subject, startPitrix } from "../commands/subject.ts";
import { prefill } from "./prefill.ts";

type Input = {
  /** Of the fewest and of the most. */
  readonly aggregates: readonly [number, number];
  readonly events: readonly [number, number, number];
  /** The most that share the work. */
  readonly instances: number;
  readonly seconds: number;
  readonly embedded?: boolean;
};
const { aggregates, events, instances, seconds, embedded }: Input = JSON.parse(process.env.BENCH_INPUT ?? "{}");
const CLIENTS = 16;
const began = performance.now();
const WARM = 15;

type Run = Subject & { readonly urls: readonly string[] };
const values: { [figure: string]: number } = {};
let units = 0;
let cpuSeconds = 0;
let memoryBytes = 0;
let prefix = 0;

/** On fresh servers, since the number of partitions never changes. */
const on = async (
  options: { readonly partitions?: number; readonly instances?: number },
  run: (subject: Run, servers: Servers) => Promise<void>,
) => {
  const servers = await startServers({ embedded });
  try {
    const subject = await startPitrix(["app"], { servers, ...options });
    try {
      await change(subject, undefined);
      await run(subject, servers);
      const usage = usageOf(subject.pids);
      cpuSeconds += usage.cpuSeconds;
      memoryBytes = Math.max(memoryBytes, usage.memoryBytes);
    } finally {
      await subject.stop();
    }
  } finally {
    await servers.stop();
  }
};

const throughput = async ({ urls, headers }: Run): Promise<number> => {
  const load = { urls, headers, target: null, prefix: `${process.pid}-${++prefix}`, clients: CLIENTS, seconds, warmUp: seconds / 2 };
  const loaded = await runLoad(load);
  units += loaded.counted;
  return loaded.counted / loaded.seconds;
};

/** One command to one stream, in milliseconds; a new aggregate if there is no id. Asked again until the caller is known. */
const change = async ({ url, headers }: Run, id: string | undefined): Promise<number> => {
  for (const until = Date.now() + 60_000; ; ) {
    const sent = performance.now();
    const answer = await fetch(new URL("/v1/categories", url), {
      method: id === undefined ? "POST" : "PATCH",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ name: `change ${++prefix}`, ...(id === undefined ? { locale: "{}" } : { category_id: id }) }),
    });
    const text = await answer.text();
    if (answer.ok) return performance.now() - sent;
    if (answer.status !== 401 || Date.now() > until) throw new Error(`${answer.status} ${text}`);
  }
};

const median = (of: readonly number[]): number => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? Number.NaN;

await on({}, async (subject, servers) => {
  const streams = (count: number, from: number) => Array.from({ length: count }, (_, at) => ({ id: `ctg-past-${from + at}`, events: 1 }));
  const [few, many] = aggregates;
  await prefill(servers, streams(few, 0));
  await throughput(subject);
  const fewest = await throughput(subject);
  const before = usageOf(subject.pids).memoryBytes;
  await prefill(servers, streams(many - few, few));
  const most = await throughput(subject);
  Object.assign(values, { "few aggregates": fewest, "many aggregates": most, aggregates: most / fewest });
  values.memory = usageOf(subject.pids).memoryBytes / before;

  await prefill(
    servers,
    events.map((length) => ({ id: `ctg-long-${length}`, events: length })),
  );
  const [short, middle, long] = events;
  // Turn by turn, so that all lengths see the same drift of the machine.
  const cold = new Map<number, number>();
  const warm = new Map<number, number[]>(events.map((length) => [length, []]));
  for (const length of events) cold.set(length, await change(subject, `ctg-long-${length}`));
  for (let turn = 0; turn < WARM; turn++) for (const length of events) warm.get(length)?.push(await change(subject, `ctg-long-${length}`));
  const next = (length: number) => median(warm.get(length) ?? []);
  values["next command"] = next(long) / next(short);
  for (const [name, length] of [
    ["short", short],
    ["middle", middle],
    ["long", long],
  ] as const)
    Object.assign(values, { [`${name} stream, cold ms`]: cold.get(length), [`${name} stream, warm ms`]: next(length) });
});

const shared = async (options: Parameters<typeof on>[0]): Promise<number> => {
  let found = Number.NaN;
  await on(options, async (subject) => {
    await throughput(subject);
    found = await throughput(subject);
  });
  return found;
};
const narrow = await shared({ partitions: 1 });
const usual = await shared({});
const many = await shared({ instances });
Object.assign(values, { "1 partition": narrow, "6 partitions": usual, partitions: usual / narrow });
Object.assign(values, { "1 instance": usual, [`${instances} instances`]: many, instances: many / usual });
const measured: Measurement = { units, seconds: (performance.now() - began) / 1000, cpuSeconds, memoryBytes, check: "right", values };
console.log(JSON.stringify(measured));
