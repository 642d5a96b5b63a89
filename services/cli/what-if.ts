import type { Log, LogRecord } from "../../events/index.ts";
import { bucketOf, headerOf } from "../../events/runtime.ts";
import { topicsFor } from "../chassis/operator/events.ts";
import { CommandFailed } from "../chassis/operator/failure.ts";
import type { Sample } from "../chassis/operator/model-fold.ts";
import { readRecords } from "../chassis/operator/reading.ts";
import type { AnyService } from "../chassis/service.ts";
import type { Build } from "./build.ts";
import { causesIn, decisions } from "./what-if/decisions.ts";
import { type Commit, type Compared, EXAMPLES, messageOf, tallies } from "./what-if/differences.ts";
import { modelPairs } from "./what-if/models.ts";
import { compareReactions } from "./what-if/reactions.ts";
import { statePairs } from "./what-if/states.ts";

export type WhatIf = {
  readonly events: number;
  readonly compared: readonly Compared[];
  /** Parts that only one of the builds has. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
  /** Events that the other build cannot read, and this one can. */
  readonly unreadable: readonly string[];
  /** Decisions that the log does not tell again, by what made them. */
  readonly undecidable: { readonly [by: string]: number };
};

/**
 * Feeds the log through the tables of two builds, and tells where they differ: documents of read models, states of aggregates, the commands of
 * reactions, and decisions whose command follows from an event (reactions, timers), each on the state that the log had made by then. Writes nothing.
 */
export const whatIf = async (
  log: Log,
  here: Build,
  there: Build,
  {
    sample: { buckets, bucket },
    service: only,
    signal,
    progress = () => {},
  }: {
    readonly sample: Sample;
    readonly service?: string | undefined;
    readonly signal: AbortSignal;
    readonly progress?: (read: number, all: number) => void;
  },
): Promise<WhatIf> => {
  const wanted = ({ services }: Build): ReadonlyMap<string, AnyService> =>
    new Map(services.filter(({ name }) => only === undefined || name === only).map((service) => [service.name, service]));
  const [mine, theirs] = [wanted(here), wanted(there)];
  const builds = { here, there, mine, theirs };
  const named = (all: ReadonlyMap<string, AnyService>): ReadonlySet<string> =>
    new Set(
      [...all.values()].flatMap(({ name, projections = [], aggregates, reactions = {} }) => [
        ...projections.map((each) => `read model ${name}/${each.name}`),
        ...Object.keys(aggregates).map((each) => `aggregate ${name}/${each}`),
        ...Object.keys(reactions).map((each) => `reaction ${name}/${each}`),
      ]),
    );
  const [names, others] = [named(mine), named(theirs)];
  const tally = tallies();
  const unreadable: string[] = [];
  const undecidable: { [by: string]: number } = {};

  const causes = await causesIn(log, [...mine.values(), ...theirs.values()], signal);
  const models = modelPairs(builds, tally);
  const states = statePairs(builds);
  const versions = new Map<string, number>();
  const commits = new Map<string, Commit>();
  let events = 0;

  const decided = decisions({ there, theirs, causes, before: states.before, tally });

  const finish = (commit: Commit): void => {
    const reason = decided(commit);
    if (reason !== undefined) undecidable[reason] = (undecidable[reason] ?? 0) + 1;
    for (const record of commit.records) states.take(record);
    commits.delete(commit.stream);
  };

  const take = (record: LogRecord): void => {
    const { key: stream } = record;
    const version = Number(headerOf(record, "ce_sequence") ?? 0);
    if (bucketOf(stream, buckets) !== bucket || version !== (versions.get(stream) ?? 0) + 1) return;
    versions.set(stream, version);
    events++;
    const [one, other] = [here.decode(record, here.codec), there.decode(record, there.codec)];
    if (other instanceof Error || one instanceof Error) {
      if (!(one instanceof Error) && unreadable.length < EXAMPLES) unreadable.push(`${stream}@${version}: ${messageOf(other)}`);
      return;
    }
    models.take(one, other);
    compareReactions(builds, tally, one, other);
    const commit = commits.get(stream);
    const mark = `${headerOf(record, "ce_commit") ?? ""} ${headerOf(record, "ce_causationid") ?? ""} ${headerOf(record, "ce_row")} ${headerOf(record, "ce_time")}`;
    if (commit && commit.mark !== mark) finish(commit);
    const open = commits.get(stream) ?? { stream, first: version, mark, records: [] };
    open.records.push(record);
    commits.set(stream, open);
  };
  if (!(await readRecords(log, { topics: topicsFor({}) }, signal, take, progress))) throw new CommandFailed("interrupted");
  for (const commit of [...commits.values()]) finish(commit);
  models.finish();
  states.finish(tally);
  return {
    events,
    compared: tally.all(),
    onlyHere: [...names].filter((name) => !others.has(name)),
    onlyThere: [...others].filter((name) => !names.has(name)),
    unreadable,
    undecidable,
  };
};
