import type { Fixture } from "./fixture.ts";

/** Who takes part: the bare script that is the physical limit, the platform, and what a user would pick instead. */
export type Role = "floor" | "pitrix" | "peer";

/** What one run of a contestant did, told by its own process. */
export type Measurement = {
  /** How many of the row's units of work were done, in how many seconds. */
  readonly units: number;
  readonly seconds: number;
  /** Of the contestant's own processes alone; the peak of their resident memory. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** What was left behind: a count, a hash of the content. A wrong one rejects the run. */
  readonly check: string;
  /** What the shared servers spent meanwhile, where they are of this machine. */
  readonly serverCpuSeconds?: { readonly kafka: number; readonly store: number };
  /** Figures that are not units by seconds, by the figure's name. */
  readonly values?: { readonly [figure: string]: number };
};

export type RunContext = { readonly fixture: Fixture; readonly round: number };

export type Contestant = {
  readonly name: string;
  readonly role: Role;
  /** What is to be known beside its figures: versions, a bounded share of the work. */
  readonly note?: string;
  /** What `check` must be; absent: the run itself has checked. */
  readonly expected?: string;
  /** Why it cannot run here, for example without its toolchain; undefined = it can. May build it first. */
  readonly missing?: () => Promise<string | undefined>;
  /** One run, in processes of its own, on fresh topics and databases. */
  readonly run: (context: RunContext) => Promise<Measurement>;
};

/** What the platform has to reach: in comparison with another contestant, pair by pair within a round, or alone. */
export type Bar = {
  /** Name of the contestant that the platform is divided by; absent: the platform's own figure. */
  readonly of?: string;
  readonly least?: number;
  readonly most?: number;
};

/** One figure of a row. */
export type Figure = {
  readonly name: string;
  readonly unit: string;
  readonly better: "more" | "less";
  readonly bars: readonly Bar[];
  readonly of: (measurement: Measurement) => number;
};

/** The usual figure: units of work by second. */
export const rate = (unit: string, bars: readonly Bar[], name = "rate"): Figure => ({
  ...{ name, unit, better: "more", bars },
  of: ({ units, seconds }) => units / seconds,
});

/** A figure that the contestant tells under its name. */
export const told = (name: string, unit: string, better: Figure["better"], bars: readonly Bar[]): Figure => ({
  ...{ name, unit, better, bars },
  of: ({ values }) => values?.[name] ?? Number.NaN,
});

/** What a row has made ready: its contestants, and how to clear up. */
export type Field = { readonly contestants: readonly Contestant[]; readonly close?: () => Promise<void> };

/** A row of the table. `rows/<id>/row.ts` exports it as `row`; it is found there. */
export type Row = {
  readonly id: string;
  /** Where it stands in the table. */
  readonly order: number;
  readonly title: string;
  /** What is measured and how, in a sentence or two. */
  readonly about: string;
  /** Kafka and a document store of its own (its id), shared with the rows of the same name, or none at all. */
  readonly servers: string | undefined;
  readonly figures: readonly Figure[];
  readonly prepare: (fixture: Fixture) => Promise<Field>;
};
