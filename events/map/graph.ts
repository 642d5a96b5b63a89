import type { AnyProjection } from "../projection.ts";
import { rowsOf } from "../reaction.ts";
import type { AnyService } from "../service.ts";

/** A table row: its trigger (usually an event) and the commands that it issues. */
export type MapRow = { readonly on: string; readonly commands: readonly string[] };

/** A service on the map: its aggregates, reactions, read models, and its connections to the outside. */
export type ServiceNode = {
  readonly name: string;
  readonly aggregates: readonly { readonly name: string; readonly commands: readonly string[]; readonly events: readonly string[] }[];
  readonly reactions: readonly MapRow[];
  readonly readModels: readonly { readonly name: string; readonly events: readonly string[] }[];
  readonly effects: readonly MapRow[];
  readonly timers: readonly MapRow[];
  readonly signals: readonly MapRow[];
  readonly operations: readonly (MapRow & { readonly kind: string })[];
  /** Commands that no row of the service issues. */
  readonly unnamed: readonly string[];
};

/** An event on its way from the service that announces it to one row that reads it: a reaction or a read model. */
export type Arrow = {
  readonly event: string;
  readonly from: string;
  readonly aggregate: string;
  readonly to: string;
  readonly by: "reaction" | "readModel";
  /** The name of the read model; for a reaction, the event type. */
  readonly row: string;
  readonly commands: readonly string[];
};

/** Which service reacts to which event, read from the tables that run. */
export type Choreography = {
  readonly nodes: readonly ServiceNode[];
  readonly arrows: readonly Arrow[];
  /** Rows that can never run, and duplicate service names; must be empty. */
  readonly problems: readonly string[];
};

/** The map of these services, sorted by name. Pass all services of a platform: an event from a missing service is reported as a problem. */
export const graphOf = (services: readonly AnyService[]): Choreography => {
  const sorted = [...services].sort((a, b) => compare(a.name, b.name));
  const nodes = sorted.map(nodeOf);
  const announcers = new Map<string, { readonly from: string; readonly aggregate: string }[]>();
  for (const { name: from, aggregates } of nodes)
    for (const { name: aggregate, events } of aggregates)
      for (const event of events) announcers.set(event, [...(announcers.get(event) ?? []), { from, aggregate }]);

  const arrows: Arrow[] = [];
  const problems: string[] = [...twice(nodes.map(({ name }) => name))].map((name) => `there are two services ${name}`);
  for (const [index, { name: to, reactions, readModels, ...edge }] of nodes.entries()) {
    for (const { on: event, commands } of reactions) {
      const found = announcers.get(event) ?? [];
      if (found.length === 0) problems.push(`${to} reacts to ${event}, which nobody announces`);
      for (const announcer of found) arrows.push({ event, ...announcer, to, by: "reaction", row: event, commands });
    }
    for (const { name: row, events } of readModels) {
      const of = sorted[index]?.projections?.find(({ name }) => name === row)?.of;
      for (const event of events) {
        const found = (announcers.get(event) ?? []).filter(({ aggregate }) => !of || of.includes(aggregate));
        if (found.length === 0) problems.push(`read model ${row} of ${to} reads ${event}, which nobody announces${of ? " there" : ""}`);
        for (const announcer of found) arrows.push({ event, ...announcer, to, by: "readModel", row, commands: [] });
      }
    }
    for (const [what, rows] of [
      ["an effect of", edge.effects],
      ["a timer after", edge.timers],
    ] as const)
      for (const { on } of rows)
        if (!(announcers.get(on) ?? []).some(({ from }) => from === to))
          problems.push(`${to} has ${what} ${on}, which it does not announce`);
  }
  return { nodes, arrows, problems };
};

const nodeOf = ({ name, aggregates, reactions = {}, projections = [], signals = [], seeds = [], http = [] }: AnyService): ServiceNode => {
  const known = new Set(Object.values(aggregates).flatMap(({ decider }) => Object.keys(decider.decide)));
  const rows = <Row>(table: { readonly [on: string]: Row | undefined } | undefined, issued: (row: Row) => readonly string[]) =>
    Object.entries(table ?? {}).flatMap(([on, row]) => (row === undefined ? [] : [{ on, commands: unique(issued(row)) }]));
  const all = Object.values(aggregates);
  const tables = {
    reactions: rows(reactions, (row) => rowsOf(row).map(({ issues }) => issues)),
    effects: all.flatMap(({ effects }) => rows(effects, ({ ends, reports = [] }) => [...ends, ...reports])),
    timers: all.flatMap(({ timers }) => rows(timers, ({ issues }) => [issues])),
    signals: [
      ...signals.map(({ issues }) => ({ on: "signal", commands: issues })),
      ...seeds.map(({ issues }) => ({ on: "start", commands: [issues] })),
    ],
    operations: http.map(({ operation, kind, issues = [] }) => ({ on: operation, commands: issues, kind })),
  };
  const named = new Set(Object.values(tables).flatMap((table) => table.flatMap(({ commands }) => commands)));
  return {
    name,
    ...tables,
    unnamed: [...known].filter((command) => !named.has(command)),
    aggregates: Object.entries(aggregates).map(([aggregate, { decider }]) => ({
      name: aggregate,
      commands: Object.keys(decider.decide),
      events: Object.keys(decider.evolve),
    })),
    readModels: projections.map((projection: AnyProjection) => ({ name: projection.name, events: Object.keys(projection.evolve) })),
  };
};

/** Compares code units, not by locale, so that a map is the same on every machine. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

const twice = (names: readonly string[]): ReadonlySet<string> => new Set(names.filter((name, index) => names.indexOf(name) !== index));
