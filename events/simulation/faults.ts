/** The kinds of faults. Each run has only some of them, so that each kind also occurs with few others. */
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
  "losses",
  "deploys",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The strength of each fault in one run. Zero: the fault does not occur. */
export type Faults = {
  /** Share of calls that are delayed, and the longest ordinary delay in milliseconds. */
  readonly delays: number;
  readonly longest: number;
  /** Share of calls that fail before (`errors`) or after (`lostReplies`) they took effect. */
  readonly errors: number;
  readonly lostReplies: number;
  /** Average number of calls between two crashes, and between two freezes; a call that changes data counts several times. */
  readonly crashEvery: number;
  readonly freezeEvery: number;
  /** Average milliseconds between two outages of a store or the log, two changes of the instances, and two repeats of old records. */
  readonly outageEvery: number;
  readonly rebalanceEvery: number;
  readonly repeatEvery: number;
  /** Share of appends that a majority acknowledges late; some of these are rolled back. */
  readonly rollbacks: number;
  /** Share of document reads that return an earlier version, and of document writes that report a conflict although they succeeded. */
  readonly staleReads: number;
  readonly misses: number;
  /** Largest error of a clock in milliseconds. */
  readonly clocks: number;
  /** Document calls that contain this word are slow. */
  readonly slow: string | undefined;
  /** Share of calls to the outside that fail or hang. */
  readonly outside: number;
  /** Whether tables throw at some streams. */
  readonly poison: boolean;
  /** Whether the store of a service is lost once, and put back as it was some time before. */
  readonly loss: boolean;
  /** Whether a build with new folds replaces the one of a service, one instance after the other. */
  readonly deploys: boolean;
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
  loss: false,
  deploys: false,
};

/** Draws the faults of a run. Kinds that are not allowed are zero, but the same random numbers are drawn. */
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
    loss: draw("losses", 0.25, () => 1) === 1,
    deploys: draw("deploys", 0.3, () => 1) === 1,
  };
};
