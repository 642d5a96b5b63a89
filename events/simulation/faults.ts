/** What can go wrong. A run has some of these, so that each also meets a world in which little else does. */
export const faultKinds = [
  "delays",
  "errors",
  "lostReplies",
  "crashes",
  "freezes",
  "outages",
  "rebalances",
  "repeats",
  "rollbacks",
  "staleReads",
  "misses",
  "clocks",
  "slowConsumers",
  "outside",
  "poison",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How bad it gets in one run. Zero: not at all. */
export type Faults = {
  /** Share of calls that take their time, and the longest ordinary delay in milliseconds. */
  readonly delays: number;
  readonly longest: number;
  /** Share of calls that fail, with nothing done or with everything done. */
  readonly errors: number;
  readonly lostReplies: number;
  /** Calls between two crashes and two freezes, on average; a call that changes something counts several times. */
  readonly crashEvery: number;
  readonly freezeEvery: number;
  /** Milliseconds between two outages of a store or the log, two changes of the instances, two repeats of old records; on average. */
  readonly outageEvery: number;
  readonly rebalanceEvery: number;
  readonly repeatEvery: number;
  /** Share of appends that a majority has not seen yet, of which some are rolled back. */
  readonly rollbacks: number;
  /** Share of reads of documents that show an earlier moment, and of writes that seem to have missed. */
  readonly staleReads: number;
  readonly misses: number;
  /** Largest error of a clock in milliseconds. */
  readonly clocks: number;
  /** A word: subscriptions that have it in their name are slow. */
  readonly slow: string | undefined;
  /** Share of calls to the outside that fail or hang. */
  readonly outside: number;
  /** A table's function throws at some streams. */
  readonly poison: boolean;
};

export const noFaults: Faults = {
  delays: 0,
  longest: 0,
  errors: 0,
  lostReplies: 0,
  crashEvery: 0,
  freezeEvery: 0,
  outageEvery: 0,
  rebalanceEvery: 0,
  repeatEvery: 0,
  rollbacks: 0,
  staleReads: 0,
  misses: 0,
  clocks: 0,
  slow: undefined,
  outside: 0,
  poison: false,
};

/** Draws what goes wrong in a run; of it, only the kinds that are allowed. The same numbers are drawn whatever is allowed. */
export const drawFaults = (random: () => number, slow: readonly string[], allowed: ReadonlySet<FaultKind>): Faults => {
  const draw = (kind: FaultKind, share: number, value: (x: number) => number): number => {
    const [met, x] = [random() < share, random()];
    return met && allowed.has(kind) ? value(x) : 0;
  };
  const between = (low: number, high: number) => (x: number) => low + x * x * (high - low);
  const delays = draw("delays", 0.9, between(0.02, 0.4));
  return {
    delays,
    longest: draw("delays", 1, (x) => 10 ** (1 + 2.3 * x)),
    errors: draw("errors", 0.5, between(0.001, 0.04)),
    lostReplies: draw("lostReplies", 0.6, between(0.002, 0.06)),
    crashEvery: draw("crashes", 0.75, between(1_500, 12_000)),
    freezeEvery: draw("freezes", 0.4, between(3_000, 20_000)),
    outageEvery: draw("outages", 0.4, between(4_000, 30_000)),
    rebalanceEvery: draw("rebalances", 0.5, between(2_000, 20_000)),
    repeatEvery: draw("repeats", 0.6, between(200, 2_000)),
    rollbacks: draw("rollbacks", 0.4, between(0.005, 0.1)),
    staleReads: draw("staleReads", 0.4, between(0.02, 0.4)),
    misses: draw("misses", 0.4, between(0.01, 0.2)),
    clocks: draw("clocks", 0.4, between(1_000, 3 * 3_600_000)),
    slow: draw("slowConsumers", 0.3, (x) => 1 + Math.floor(x * slow.length)) === 0 ? undefined : slow[Math.floor(random() * slow.length)],
    outside: draw("outside", 0.7, between(0.01, 0.3)),
    poison: draw("poison", 0.25, () => 1) === 1,
  };
};
