import { join } from "node:path";
import type { Measurement } from "../../harness/row.ts";
import { usageOf } from "../../harness/usage.ts";
import { runLoad } from "./run-load.ts";
import { startServers } from "./servers.ts";
import { checkState } from "./state.ts";
import { type Subject, type SubjectOptions, startPitrix, startScript } from "./subject.ts";

/** Who answers; `emmett` stands in a folder of its own dependencies. */
export type SubjectName = "pitrix" | "gateway" | "pipeline" | "pipeline-memory" | "pipeline-insert" | "each-message" | "emmett";

/** One stretch of load: clients that wait for their answers, or a rate that does not. */
export type Phase = { readonly name: string; readonly mode: "new" | "hot"; readonly seconds: number; readonly warmUp: number } & (
  | { readonly clients: number }
  | { readonly rate: number }
);
export type MeasureInput = {
  readonly subject: SubjectName;
  readonly phases: readonly Phase[];
  readonly profiles?: string | undefined;
  /** Whatever servers the environment names. */
  readonly embedded?: boolean | undefined;
  /** The compiled script of a peer that is not compiled with this package. */
  readonly program?: string | undefined;
};

const start = ({ subject, program }: MeasureInput, options: SubjectOptions): Promise<Subject> => {
  switch (subject) {
    case "pitrix":
      return startPitrix(["app"], options);
    case "gateway":
      return startPitrix(["api", "app"], options);
    case "emmett":
      return startScript(program ?? "", {}, options);
    case "each-message":
      return startScript(join(import.meta.dirname, "../../peers/each-message/main.js"), {}, options);
    default:
      return startScript(join(import.meta.dirname, "pipeline.js"), { answers: subject.split("-")[1] ?? "log" }, options);
  }
};

/** Starts servers and a subject, puts it under load, phase after phase, and checks what it left. */
export const measure = async (input: MeasureInput): Promise<Measurement> => {
  const servers = await startServers(input);
  try {
    const subject = await start(input, { servers, profiles: input.profiles });
    try {
      return await underLoad(input, subject, servers);
    } finally {
      await subject.stop();
    }
  } finally {
    await servers.stop();
  }
};

const underLoad = async (
  { subject: name, phases, profiles }: MeasureInput,
  { url, headers, pids }: Subject,
  servers: Awaited<ReturnType<typeof startServers>>,
): Promise<Measurement> => {
  const values: { [figure: string]: number } = {};
  const hot = await create(url, headers);
  // Every subject has compiled what it runs often before any figure is taken.
  const { seconds: moment = 1 } = phases[0] ?? {};
  const warm = { urls: [url], headers, prefix: `${process.pid}-warm`, clients: 64, warmUp: 0 };
  const warmed = await runLoad({ ...warm, target: null, seconds: 3 * moment });
  const warmedHot = await runLoad({ ...warm, prefix: `${process.pid}-hot`, target: hot, seconds: moment });
  if (profiles) for (const pid of pids) process.kill(pid, "SIGUSR2");
  const before = usageOf(pids);
  const serversBefore = servers.usage();
  let [commands, created, changed] = [1 + warmed.done + warmedHot.done, 1 + warmed.done, warmedHot.done];
  let [units, seconds, early, load] = [0, 0, 0, 0];
  for (const [index, { name: phase, mode, ...rest }] of phases.entries()) {
    const target = mode === "hot" ? hot : null;
    const earlier = { own: usageOf(pids), ...servers.usage() };
    const loaded = await runLoad({ ...rest, urls: [url], headers, target, prefix: `${process.pid}-${index}` });
    const later = { own: usageOf(pids), ...servers.usage() };
    commands += loaded.done;
    if (target === null) created += loaded.done;
    else changed += loaded.done;
    units += loaded.counted;
    seconds += loaded.seconds;
    // In an open loop a late answer is not the time that is asked for; in a closed one it only costs who gave it.
    if ("rate" in rest) early += loaded.pending;
    load += loaded.cpuSeconds;
    const cpu = (who: "own" | "kafka" | "store") => ((later[who].cpuSeconds - earlier[who].cpuSeconds) / loaded.done) * 1_000;
    Object.assign(values, {
      [`${phase}, rate`]: loaded.counted / loaded.seconds,
      [`${phase}, p50`]: loaded.p50,
      [`${phase}, p99`]: loaded.p99,
      [`${phase}, worst`]: loaded.worst,
      [`${phase}, not yet visible`]: loaded.pending,
      [`${phase}, own CPU ms`]: cpu("own"),
      [`${phase}, Kafka CPU ms`]: cpu("kafka"),
      [`${phase}, store CPU ms`]: cpu("store"),
    });
  }
  const after = usageOf(pids);
  const serversAfter = servers.usage();
  const spent = (who: "kafka" | "store") => serversAfter[who].cpuSeconds - serversBefore[who].cpuSeconds;
  const expected = { commands, created, hot: { id: hot, version: changed + 1 } };
  const state = await checkState(servers, expected, kindOf(name));
  return {
    ...{ units, seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds, memoryBytes: after.memoryBytes },
    serverCpuSeconds: { kafka: spent("kafka"), store: spent("store") },
    check: early === 0 ? state : `${state}; ${early} answered before they were visible`,
    values: { ...values, "load generator CPU s": load },
  };
};

/** The aggregate that all hot commands change; asked for again until the caller is known to the service, and its read models follow. */
const create = async (url: string, headers: Subject["headers"]): Promise<string> => {
  for (const until = Date.now() + 30_000; ; ) {
    const answer = await fetch(new URL("/v1/categories", url), {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "idempotency-key": "hot" },
      body: JSON.stringify({ name: "hot", locale: "{}", description: "" }),
    });
    const text = await answer.text();
    if (answer.ok && !answer.headers.has("pitrix-pending")) return String(JSON.parse(text).category_id);
    if ((answer.status > 200 && answer.status < 401) || Date.now() > until)
      throw new Error(`the first command was not carried out: ${answer.status} ${text}`);
  }
};

const kindOf = (name: SubjectName) => (name === "emmett" ? "emmett" : name === "pitrix" || name === "gateway" ? "platform" : "commits");
