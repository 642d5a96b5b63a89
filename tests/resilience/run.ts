import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { serveRepository } from "../../infra/demo/serve.ts";
import { loadServices } from "../../services/chassis/list.ts";
import { services as list } from "../../services/index.ts";
import { judge } from "../faults/checker.ts";
import { countDue, readLog, readStore } from "../faults/evidence.ts";
import type { Finding } from "../faults/findings.ts";
import { historyIn } from "../faults/history.ts";
import { type Field, isFresh, until } from "./field.ts";
import { type Fixture, startFixture } from "./fixture.ts";
import { startLoad } from "./load.ts";
import { settle } from "./things.ts";
import { type Fault, judgeAnswers, quantiles, refusalTimes } from "./verdict.ts";

export type RunOptions = {
  readonly directory: string;
  readonly rate: number;
  readonly seed: number;
  readonly report: (text: string) => void;
  /** What happens to the platform while people work with it. */
  readonly scenes: (field: Field) => Promise<void>;
};
export type Outcome = {
  readonly answers: number;
  readonly skipped: number;
  readonly commands: number;
  readonly faults: readonly Fault[];
  readonly findings: readonly Finding[];
  /** Commands that were never acknowledged although everything was well again. */
  readonly open: readonly string[];
  readonly stale: number;
  readonly refused: number;
  /** Milliseconds that a refused write took once the breaker was open, and what the gateway takes to say that it has no such operation. */
  readonly refusals: ReturnType<typeof quantiles>;
  readonly own: ReturnType<typeof quantiles>;
  readonly told: readonly string[];
};

const CONVERGE = 30_000;

/** A whole platform, people who work with it at a steady rate, and what happens meanwhile; then every answer is held against what was the matter. */
export const run = async ({ directory, rate, seed, report, scenes }: RunOptions): Promise<Outcome> => {
  mkdirSync(directory, { recursive: true });
  const repository = await serveRepository();
  const history = historyIn(join(directory, "history.jsonl"));
  let fixture: Fixture | undefined;
  try {
    fixture = await startFixture(join(directory, "fixture"), report);
    const gateways = fixture.running("api").map(({ url }) => url);
    report("makes what people have");
    const things = await settle(fixture, gateways[0] ?? "", repository);
    const load = startLoad({ gateways: () => gateways, things, history, rate, seed });
    const field: Field = { fixture, load, gateways, outages: [], told: [], report };
    let open: readonly string[] = [];
    try {
      await until("everything has been read and renamed", () =>
        things.every(({ id, service, change }) => {
          const answers = load.notes.filter((note) => note.service === service && note.about === id && isFresh(note));
          return answers.some(({ kind }) => kind === "read") && (!change || answers.some(({ kind }) => kind === "write"));
        }),
      );
      await scenes(field);
    } finally {
      report("lets people come to an end");
      open = await load.end(30);
      writeFileSync(join(directory, "answers.json"), JSON.stringify({ outages: field.outages, notes: load.notes }));
    }
    const { notes } = load;
    return {
      ...{ answers: notes.length, skipped: load.skipped(), open, told: field.told },
      commands: history.lines.filter(({ type }) => type === "ok").length,
      faults: judgeAnswers(notes, field.outages),
      findings: await converged(fixture, history.lines),
      stale: notes.filter(({ warning }) => warning !== "").length,
      refused: notes.filter(({ status }) => status !== 200).length,
      refusals: quantiles(refusalTimes(notes, field.outages)),
      own: quantiles(load.own),
    };
  } finally {
    await fixture?.close();
    await repository.close();
    await history.close();
  }
};

/** Looks until everything is as it must be, or the time is over; what is found then is the verdict. */
const converged = async (fixture: Fixture, lines: ReturnType<typeof historyIn>["lines"]): Promise<readonly Finding[]> => {
  const services = await loadServices(list);
  for (const limit = Date.now() + CONVERGE; ; await pause(250)) {
    const late = Date.now() > limit;
    if (!late && (await countDue(fixture.store.url, services)) > 0) continue;
    const databases = await readStore(fixture.store.url, services);
    const contents = await readLog(fixture.kafka.connection);
    const findings = judge({ services, history: lines, calls: undefined, databases, contents });
    if (findings.length === 0 || late) return findings;
  }
};
