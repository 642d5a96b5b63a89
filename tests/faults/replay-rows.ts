import { setTimeout as pause } from "node:timers/promises";
import { kafkaLog } from "../../events/kafka/log.ts";
import { type Finding, finding } from "./findings.ts";
import { type ReplayOperator, replayOperator } from "./replay-operator.ts";
import { type RowOutcome, type RunOptions, scaled } from "./row.ts";
import { type Field, killService, runFaults } from "./run.ts";
import { announcing } from "./versions.ts";

export const APPS = 2_000;
/** Events a second that are announced while a model is filled anew. */
const WRITES = 500;

const asideOf = ({ feeds, active }: Awaited<ReturnType<ReplayOperator["status"]>>) =>
  feeds.find(({ until, collection }) => until === null && collection !== active);

export type Replaying = { readonly field: Field; readonly operator: ReplayOperator; readonly announced: ReturnType<typeof announcing> };
/** Runs a platform whose cluster service has read so many events of applications, and holds its read model against the log at the end. */
export const replayRun = async (
  options: RunOptions,
  events: number,
  work: (replaying: Replaying) => Promise<readonly Finding[]>,
  old = false,
): Promise<Omit<RowOutcome, "note">> => {
  const findings: Finding[] = [];
  const hurt = async (field: Field): Promise<void> => {
    const log = kafkaLog({ ...field.fixture.connection, clientId: "announcer" });
    const operator = replayOperator(field.fixture);
    try {
      const announced = announcing(log, APPS, old);
      await announced.seed(events, (done) => options.report(`${done}/${events} events`));
      findings.push(...(await work({ field, operator, announced })));
      findings.push(...(await operator.compared()));
    } finally {
      await operator.close();
      await log.close();
    }
  };
  return runFaults({ ...options, commands: 300, people: 4, hurt, more: async () => findings });
};

/** kill -9 of the service that rebuilds, verifies, promotes and steps back: the live model stays as it is, or is wholly swapped. */
export const replayKilled = async (options: RunOptions): Promise<RowOutcome> => {
  const rounds = Math.ceil(scaled(50, options.factor, 4) / 4);
  const phases = new Map<string, number>();
  let note = "";
  const outcome = await replayRun(options, 20_000, async ({ field, operator, announced }) => {
    const { random } = field;
    const findings: Finding[] = [];
    const kill = async (phase: string, within: number): Promise<void> => {
      await pause(random.below(within));
      await killService(field, "cluster");
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    };
    const equal = async (): Promise<string> => {
      const { collection, differences, compared } = await operator.verdict();
      if (differences > 0 || compared < APPS)
        findings.push(finding("divergent", "a rebuild equals the live model", collection, `${differences} differences in ${compared}`));
      return collection;
    };
    // The first verdict waits until the live model has read everything.
    await operator.change("rebuild", {}, (model) => asideOf(model) !== undefined);
    await equal();
    await operator.change("abort", {}, (model) => asideOf(model) === undefined);
    const watch = operator.watch(APPS);
    const writes = announced.pour(50);
    for (let round = 0; round < rounds; round++) {
      const { active: before } = await operator.status();
      await operator.change("rebuild", {}, (model) => asideOf(model) !== undefined);
      await kill("run", 3_000);
      await equal();
      await operator.change("verify", {}, (model) => asideOf(model)?.rebuild?.verdict === null);
      await kill("verify", 1_000);
      const rebuilt = await equal();
      await operator.change("promote", { collection: rebuilt }, (model) => model.next === rebuilt || model.active === rebuilt);
      await kill("promote", 1_000);
      await operator.until("it is promoted", ({ active }) => active === rebuilt);
      await operator.change("rollback", {}, (model) => model.next === before || model.active === before);
      await kill("rollback", 1_000);
      await operator.until("it has stepped back", ({ active }) => active === before);
      await operator.change("abort", { collection: rebuilt }, ({ feeds }) =>
        feeds.every((feed) => feed.collection !== rebuilt || (feed.until ?? 0) <= Date.now()),
      );
      options.report(`${round + 1}/${rounds} rounds`);
    }
    await writes.stop();
    const { broken, swaps, looks } = await watch.stop();
    note = `kills: ${[...phases].map(([phase, count]) => `${phase} ${count}`).join(", ")}; ${swaps.length - 1} swaps, seen whole ${looks} times`;
    return [...findings, ...broken];
  });
  return { ...outcome, note };
};

/** A read model is filled anew from many events, and promoted, while hundreds more are announced each second. */
export const replayWhileWriting = async (options: RunOptions): Promise<RowOutcome> => {
  const events = scaled(1_000_000, options.factor, 10_000);
  let note = "";
  const outcome = await replayRun(options, events, async ({ field, operator, announced }) => {
    const findings: Finding[] = [];
    const watch = operator.watch(APPS);
    const writes = announced.pour(WRITES);
    await pause(5_000);
    const calm = latency(field, Date.now() - 5_000);
    const told: string[] = [];
    const run = async (rate: number | null): Promise<string> => {
      const began = Date.now();
      await operator.change("rebuild", { rate }, (model) => asideOf(model) !== undefined);
      const { collection, compared, ahead, differences } = await operator.verdict();
      const seconds = (Date.now() - began) / 1_000;
      field.struck(`a rebuild of ${events} events`);
      if (differences > 0 || compared < APPS)
        findings.push(finding("divergent", "a rebuild equals the live model", collection, `${differences} differences in ${compared}`));
      const speed = rate === null ? "unthrottled" : `at ${rate}/s`;
      told.push(`${speed} ${seconds.toFixed(0)} s, ${ahead} of ${compared} documents ahead, p99 of commands ${latency(field, began)} ms`);
      return collection;
    };
    await run(Math.max(1_000, Math.round(events / 20)));
    await operator.change("abort", {}, (model) => asideOf(model) === undefined);
    const rebuilt = await run(null);
    await operator.change("promote", { collection: rebuilt }, (model) => model.next === rebuilt || model.active === rebuilt);
    await operator.until("it is promoted", ({ active }) => active === rebuilt);
    await writes.stop();
    const { broken } = await watch.stop();
    note = `${announced.count()} events of ${APPS} streams, ${WRITES} of them a second; p99 of commands before ${calm} ms; ${told.join("; ")}`;
    return [...findings, ...broken];
  });
  return { ...outcome, note };
};

/** A log that builds of all times have written, each event in a version of its schema: a rebuild of it equals the live model, and a fold of the log. */
export const replayOldLog = async (options: RunOptions): Promise<RowOutcome> => {
  const events = scaled(1_000_000, options.factor, 10_000);
  let note = "";
  const outcome = await replayRun(
    options,
    events,
    async ({ field, operator }) => {
      const began = Date.now();
      await operator.change("rebuild", {}, (model) => asideOf(model) !== undefined);
      const { collection, compared, differences } = await operator.verdict();
      field.struck(`a rebuild of ${events} old events`);
      await operator.change("promote", { collection }, (model) => model.next === collection || model.active === collection);
      await operator.until("it is promoted", ({ active }) => active === collection);
      note = `${events} events of ${APPS} streams in every released version of their schemas; rebuilt in ${((Date.now() - began) / 1_000).toFixed(0)} s`;
      if (differences === 0 && compared >= APPS) return [];
      return [finding("divergent", "a rebuild equals the live model", collection, `${differences} differences in ${compared}`)];
    },
    true,
  );
  return { ...outcome, note };
};

/** The 99th percentile of the commands that were answered since then, in milliseconds. */
const latency = ({ history }: Field, since: number): number => {
  const began = new Map<number, number>();
  const took: number[] = [];
  for (const line of history.lines)
    if (line.type === "invoke" && line.time >= since) began.set(line.number, line.time);
    else if (line.type === "ok" && began.has(line.number)) took.push(line.time - (began.get(line.number) ?? 0));
  return took.toSorted((one, other) => one - other)[Math.floor(took.length * 0.99)] ?? 0;
};
