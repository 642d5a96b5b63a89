import { codec } from "../codec/codec.ts";
import type { Contract } from "../contract.ts";
import type { Message } from "../message.ts";
import { check } from "./check/check.ts";
import type { Evidence, Fact, Violation } from "./check/evidence.ts";
import { factsOnLog } from "./check/read-models.ts";
import { checkRest } from "./check/rest.ts";
import { client } from "./clients.ts";
import type { Exchange, Request } from "./exchange.ts";
import { drawFaults, type FaultKind, faultKinds } from "./faults.ts";
import { hashOf, journal, type Step } from "./journal.ts";
import { type Platform, platform } from "./platform.ts";
import { type Bad, poisoned } from "./poison.ts";
import type { Player } from "./process.ts";
import { seeded, virtualTime } from "./time.ts";

/** The services of a simulation, the requests to them, and the events that are poison. */
export type Scenario = {
  readonly contract: Contract;
  readonly players: readonly Player[];
  readonly requests: (seed: number, commands: number) => readonly Request[];
  readonly bad: Bad;
  /** The call that this event reports as completed. */
  readonly finishes: (event: Message) => string | undefined;
  /** Events of different streams that contradict each other. */
  readonly contradictions: (facts: ReadonlyMap<string, readonly Fact[]>) => Iterable<{ readonly about: string; readonly message: string }>;
  /** Why this state is not a final one; undefined if the stream may end in it. */
  readonly resting: (stream: string, state: unknown) => string | undefined;
  /** Names of subscriptions of which one may be slow. */
  readonly slow: readonly string[];
};

export type SimulationOptions = {
  readonly seed: number;
  readonly commands: number;
  readonly faults?: ReadonlySet<FaultKind>;
  /** Requests to leave out. */
  readonly without?: ReadonlySet<number>;
  readonly journal?: boolean;
};
export type Result = {
  readonly violations: readonly Violation[];
  readonly commits: number;
  readonly crashes: number;
  readonly virtualSeconds: number;
  readonly steps: readonly Step[];
  readonly hash: string;
};

const MINUTE = 60_000;
/** The part of the requests that comes before the loss of a store. */
const BEFORE_LOSS = 0.75;
/** The world must come to rest within this time after the last fault. */
const REST = 5 * MINUTE;
/** By this time every timer is due, even if a wrong clock has set it. */
const LATER = 10 * 60 * MINUTE;

/** One run: the real tables on the real backbone, with all randomness drawn from the seed. Afterwards it checks every promise. */
export const simulate = async (
  scenario: Scenario,
  { seed, commands, faults: allowed = new Set(faultKinds), without, journal: isRecorded = false }: SimulationOptions,
): Promise<Result> => {
  const random = seeded(seed);
  const faults = drawFaults(random, scenario.slow, allowed);
  const time = virtualTime(random);
  const { clock } = time;
  const start = clock.now();
  const notes = journal(isRecorded, clock.now);
  let poison = faults.poison;
  // What was parked or discarded by then is not the same afterwards.
  const loses = faults.loss && !faults.poison;
  const bad: Bad = (table, meta) => poison && scenario.bad(table, meta);
  const players = faults.poison
    ? scenario.players.map((each): Player => ({ ...each, service: poisoned(each.service, bad) }))
    : scenario.players;
  const world = platform(scenario.contract, players, faults, seed, time, notes);
  const violations: Violation[] = [];
  const finish = (): Result => ({
    violations,
    commits: world.commits().length,
    crashes: world.crashes(),
    virtualSeconds: (clock.now() - start) / 1_000,
    steps: notes.steps,
    hash: isRecorded ? hashOf(notes.steps) : "",
  });
  const rests = async (limit: number): Promise<boolean> => {
    let looked = clock.now();
    const over = (): boolean => {
      if (clock.now() - looked < 500) return false;
      looked = clock.now();
      return world.quietFor() > 1_500 && world.unfinished(poison).length === 0;
    };
    if (await time.run(over, limit)) return true;
    violations.push({
      rule: "the world comes to rest",
      about: "",
      message: world.unfinished(poison).join("; ") || `something happened ${world.quietFor()} ms ago`,
    });
    return false;
  };

  const starting = world.start();
  const areAllReady = () => world.processes.size === 2 * players.length && [...world.processes.values()].every(({ ready }) => ready);
  if (!(await time.run(areAllReady, MINUTE))) throw new Error("the platform does not start");
  await starting;
  if (!(await rests(MINUTE))) return finish();

  const requests = scenario.requests(seed, commands);
  const exchanges = requests.map(
    (request, number): Exchange => ({ request, number, answers: [], failures: 0, refused: false, over: false }),
  );
  const asked = exchanges.filter(({ number }) => !without?.has(number));
  const broken = (about: string, message: string) => void violations.push({ rule: "promises to those who ask", about, message });
  const people = [...new Set(asked.map(({ request }) => request.actor.userId))];
  /** Everybody asks for some of what they have to ask for, under faults; then the world comes to rest. */
  const ask = async (some: readonly Exchange[]): Promise<boolean> => {
    let busy = people.length;
    world.beginFaults();
    for (const [index, person] of people.entries()) {
      const own = some.filter(({ request }) => request.actor.userId === person);
      void client(own, world, clock, seeded(seed * 31 + index), notes, broken).then(() => {
        busy -= 1;
      });
    }
    await time.run(() => busy === 0, 10 * MINUTE);
    await time.run(() => false, Math.round(5_000 * random()));
    world.endFaults();
    await time.run(() => busy === 0, MINUTE);
    return rests(REST);
  };
  const deployed = faults.deploys && !faults.poison && !loses ? players[Math.floor(players.length * random())]?.service.name : undefined;
  const canRead = random() < 0.5;
  if (deployed !== undefined) world.watch(deployed);
  if (deployed !== undefined) void clock.sleep(20_000 * random()).then(() => world.deploy(deployed, canRead));
  const victim = loses ? players[Math.floor(players.length * random())]?.service.name : undefined;
  const last = victim === undefined ? requests.length : Math.floor(requests.length * BEFORE_LOSS);
  if (victim !== undefined) void clock.sleep(20_000 * random()).then(() => world.backUp(victim));
  if (!(await ask(asked.filter(({ number }) => number < last)))) return finish();
  if (victim !== undefined) {
    world.lose(victim);
    if (!(await ask(asked.filter(({ number }) => number >= last)))) return finish();
  }
  // Advance the clocks twice: with faults, so that timers meet them, too, and then without.
  world.beginFaults();
  world.advance(LATER);
  await time.run(() => false, 8_000);
  world.endFaults();
  // A process that starts afterwards would have a clock of its own.
  await time.run(areAllReady, MINUTE);
  world.advance(LATER);
  await time.run(() => false, 8_000);
  if (!(await rests(REST))) return finish();

  checkPromises(scenario, world, asked, bad, violations);
  if (!poison || violations.length > 0) return finish();

  // The bug is fixed: a redrive under faults must leave nothing parked.
  poison = false;
  notes.note("world", "the poison is removed, everything parked is retried");
  world.beginFaults();
  await world.redrive();
  await time.run(() => false, 8_000);
  world.endFaults();
  if (await rests(REST)) checkPromises(scenario, world, asked, bad, violations);
  return finish();
};

/** Checks every promise on the current state. While streams are parked, unfinished work is allowed. */
const checkPromises = (scenario: Scenario, world: Platform, exchanges: readonly Exchange[], bad: Bad, violations: Violation[]): void => {
  const { finishes, resting, contradictions, players } = scenario;
  const { ledger, attempts } = world.outside;
  const evidence: Evidence = {
    services: players.map(({ service }) => service),
    settings: new Map(players.map(({ service, settings }) => [service.name, settings])),
    contract: scenario.contract,
    codec: codec(scenario.contract.schemas),
    factsIn: world.factsIn,
    ...{ databases: world.databases(), contents: world.contents(), commits: world.commits(), exchanges, ledger, attempts },
    ...{ bad, finishes, loss: world.loss() },
  };
  violations.push(...world.broken);
  for (const { where, message } of world.unexpected)
    violations.push({ rule: "no table throws", about: "", message: `${where}: ${message}` });
  violations.push(...check(evidence));
  for (const found of contradictions(factsOnLog(evidence))) violations.push({ rule: "services agree on what happened", ...found });
  const waits = [...evidence.databases.values()].some(({ parked }) => parked.size > 0);
  if (!waits) violations.push(...checkRest(evidence, resting));
};
