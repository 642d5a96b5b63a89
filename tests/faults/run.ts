import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { judge } from "./checker.ts";
import { type FaultClient, faultClient } from "./client.ts";
import { type ServiceName, serviceNames, tables } from "./composition.ts";
import { countDue, readLog, readStore } from "./evidence.ts";
import { type Finding, tally } from "./findings.ts";
import { type Fixture, type FixtureOptions, logIn, startFixture } from "./fixture.ts";
import { type History, historyIn } from "./history.ts";
import { type Chance, chance } from "./random.ts";
import { startWorkload, type Workload } from "./workload.ts";

/** What a fault has at hand. */
export type Field = {
  readonly fixture: Fixture;
  readonly client: FaultClient;
  readonly history: History;
  readonly workload: Workload;
  readonly random: Chance;
  /** Resolves when so many commands are answered, or all are. */
  readonly reached: (commands: number) => Promise<void>;
  /** Counts a fault and writes it into the history. */
  readonly struck: (what: string) => void;
};
export type FaultRunOptions = {
  readonly directory: string;
  readonly seed: number;
  readonly commands: number;
  readonly people?: number;
  readonly clusters?: number;
  readonly poison?: () => number;
  readonly fixture?: Omit<FixtureOptions, "directory" | "report">;
  readonly report: (text: string) => void;
  /** Hurts the platform while people work with it; over when the last wound is dealt and bound. */
  readonly hurt: (field: Field) => Promise<void>;
  /** More to hold against the promises. */
  readonly more?: (field: Field) => Promise<readonly Finding[]>;
};
export type Outcome = {
  readonly commands: number;
  readonly kills: number;
  readonly findings: readonly Finding[];
  /** Seconds from the last fault until everything was as it must be; undefined if it never was. */
  readonly converged: number | undefined;
  readonly attempts: number;
  readonly failed: number;
  readonly history: string;
};

/** Longest time from the last fault until everything is as it must be. */
export const CONVERGE = 30;

/** People work with a whole platform while it is hurt; then it has half a minute to be as it must be. */
export const runFaults = async (options: FaultRunOptions): Promise<Outcome> => {
  const { directory, seed, commands, report, hurt, more } = options;
  const fixture = await startFixture({ ...options.fixture, directory: join(directory, "fixture"), report });
  const history = historyIn(join(directory, "history.jsonl"));
  const abort = new AbortController();
  try {
    const client = faultClient({ gateways: fixture.gateways, token: await logIn(fixture), principal: "system", history });
    report(`${commands} commands`);
    let kills = 0;
    let healed = false;
    const { people, clusters, poison } = options;
    const workload = startWorkload({
      ...{ client, history, commands, seed, signal: abort.signal, enough: () => healed },
      ...(people !== undefined && { people }),
      ...(clusters !== undefined && { clusters }),
      ...(poison !== undefined && { poison }),
    });
    const over = workload.over.then(() => true);
    const reached = async (wanted: number): Promise<void> => {
      while (workload.done() < wanted && !(await Promise.race([over, pause(10).then(() => false)])));
    };
    const struck = (what: string): void => {
      kills++;
      history.note({ type: "fault", process: -1, text: what });
      report(`${workload.done()}/${commands} commands, ${kills} faults, last ${what}`);
    };
    const field: Field = { fixture, client, history, workload, random: chance(seed), reached, struck };
    let lastFault = 0;
    const hurting = hurt(field).finally(() => {
      healed = true;
      lastFault = Date.now();
    });
    await Promise.all([hurting, ticking(workload, commands, (text) => report(`${text}, ${kills} faults`), workload.over)]);
    await workload.over;
    report(`the last command is answered, waits until all is as it must be`);
    const { findings, at } = await converge(
      fixture,
      history,
      Math.max(lastFault, lastAnswer(history)),
      async () => (await more?.(field)) ?? [],
    );
    return {
      ...{
        commands: workload.done(),
        kills,
        findings,
        attempts: client.counts.attempts,
        failed: client.counts.failed,
        history: history.file,
      },
      converged: at === undefined ? undefined : Math.max(0, at - lastFault) / 1_000,
    };
  } finally {
    abort.abort();
    await fixture.stop();
    await history.close();
  }
};

const lastAnswer = ({ lines }: History): number => lines.at(-1)?.time ?? 0;

const ticking = async (workload: Workload, commands: number, report: (text: string) => void, over: Promise<void>): Promise<void> => {
  const ended = over.then(() => true);
  while (!(await Promise.race([ended, pause(1_000).then(() => false)]))) report(`${workload.done()}/${commands} commands`);
};

/** Looks again until nothing is found any more, or the time is over. What is found then is the verdict. */
const converge = async (fixture: Fixture, history: History, since: number, more: () => Promise<readonly Finding[]>) => {
  const limit = since + CONVERGE * 1_000;
  for (;;) {
    const at = Date.now();
    const due = await countDue(fixture.store.url).catch(() => 1);
    if (due === 0 || at > limit) {
      const traces = {
        ...{ services: tables, history: history.lines, calls: fixture.ledger.calls },
        databases: await readStore(fixture.store.url),
        contents: await readLog(fixture.connection),
      };
      const findings = [...judge(traces), ...(await more())];
      if (findings.length === 0) return { findings, at };
      if (at > limit) {
        writeFileSync(join(dirname(history.file), "findings.json"), JSON.stringify(findings, null, 1));
        return { findings, at: undefined };
      }
    }
    await pause(250);
  }
};

/** Spreads faults evenly over the commands, each when its share of them is answered; none waits until what was struck is well again. */
export const spread = async (field: Field, commands: number, times: number, injectFault: (nth: number) => Promise<void>): Promise<void> => {
  const injected: Promise<void>[] = [];
  for (let nth = 0; nth < times; nth++) {
    await field.reached(Math.floor(((nth + 0.5) * commands) / times));
    await pause(field.random.below(200));
    injected.push(injectFault(nth));
  }
  await Promise.all(injected);
};

/** kill -9 of a process of the service at a random moment. */
export const killService = async ({ fixture, struck }: Field, name: ServiceName): Promise<void> => {
  const well = fixture.services[name].kill();
  struck(`kill -9 ${name}`);
  await well;
};

/** Services are replaced, one after the other, as an orderly rollout does it. */
export const roll = async ({ fixture, client, struck }: Field, names: readonly ServiceName[] = serviceNames): Promise<void> => {
  for (const name of names) {
    await fixture.services[name].replace(async (url) => {
      for (const until = Date.now() + 20_000; client.flightsTo(url) > 0 && Date.now() < until; ) await pause(5);
    });
    struck(`SIGTERM ${name}`);
  }
};

export const told = (findings: readonly Finding[]): string => {
  const [first] = findings;
  if (!first) return "";
  const all = Object.entries(tally(findings)).filter(([, count]) => count > 0);
  return `${all.map(([column, count]) => `${count} ${column}`).join(", ")}. First: ${first.rule}; ${first.message}${first.about ? ` [${first.about}]` : ""}`;
};
