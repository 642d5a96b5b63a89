import { type Arrow, type Choreography, compare, type ServiceNode } from "./graph.ts";

/** Services with the same reactions and the same events, drawn as one block: the providers, one for each cloud. */
export type Suite = { readonly name: string; readonly nodes: readonly ServiceNode[] };

/** All arrows from one suite to another. */
export type Bundle = {
  readonly from: string;
  readonly to: string;
  readonly reactions: readonly { readonly event: string; readonly commands: readonly string[] }[];
  readonly reads: readonly { readonly model: string; readonly events: readonly string[] }[];
};

/** A read model that every service has, and the service that announces its events. It is drawn once, not once for each service. */
export type Common = { readonly from: string; readonly model: string; readonly events: readonly string[] };

/** The map without repetition: equal services form a suite, arrows between two suites form a bundle, common read models are listed once. */
export const bundled = ({ nodes, arrows }: Choreography) => {
  const suites = suitesOf(nodes);
  const suiteOf = new Map(suites.flatMap(({ name, nodes: members }) => members.map((node) => [node.name, name] as const)));
  const everywhere = new Set(
    nodes.length < 3
      ? []
      : (nodes[0]?.readModels ?? [])
          .filter((model) => nodes.every((node) => node.readModels.some((each) => same(each, model))))
          .map(({ name }) => name),
  );
  const isCommon = ({ by, row }: Arrow) => by === "readModel" && everywhere.has(row);

  const between = new Map<string, Arrow[]>();
  for (const arrow of arrows) {
    const [from, to] = [suiteOf.get(arrow.from) ?? arrow.from, suiteOf.get(arrow.to) ?? arrow.to];
    if (from !== to && !isCommon(arrow)) between.set(`${from}\n${to}`, [...(between.get(`${from}\n${to}`) ?? []), { ...arrow, from, to }]);
  }
  const common = new Map<string, Common>();
  for (const arrow of arrows.filter(isCommon)) {
    const from = suiteOf.get(arrow.from) ?? arrow.from;
    const key = `${from}\n${arrow.row}`;
    common.set(key, { from, model: arrow.row, events: unique([...(common.get(key)?.events ?? []), arrow.event]) });
  }
  return {
    suites,
    bundles: [...between.entries()].sort(([a], [b]) => compare(a, b)).flatMap(([, list]) => bundleOf(list)),
    common: [...common.values()],
  };
};

const bundleOf = (arrows: readonly Arrow[]): readonly Bundle[] => {
  const [first] = arrows;
  if (!first) return [];
  const reactions = new Map(arrows.filter(({ by }) => by === "reaction").map(({ event, commands }) => [event, { event, commands }]));
  const reads = new Map<string, readonly string[]>();
  for (const { event, row } of arrows.filter(({ by }) => by === "readModel")) reads.set(row, unique([...(reads.get(row) ?? []), event]));
  return [
    { from: first.from, to: first.to, reactions: [...reactions.values()], reads: [...reads].map(([model, events]) => ({ model, events })) },
  ];
};

const suitesOf = (nodes: readonly ServiceNode[]): readonly Suite[] => {
  const bySignature = new Map<string, ServiceNode[]>();
  for (const node of nodes) {
    const announced = node.aggregates.flatMap(({ events }) => events);
    // A service without events stays in a suite of its own.
    const signature = JSON.stringify([
      announced.length === 0 && node.name,
      node.reactions.map(({ on }) => on).sort(compare),
      announced.sort(compare),
    ]);
    bySignature.set(signature, [...(bySignature.get(signature) ?? []), node]);
  }
  return [...bySignature.values()].map((members) => ({ name: members[0]?.name ?? "", nodes: members }));
};

export const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

const same = (a: ServiceNode["readModels"][number], b: ServiceNode["readModels"][number]) =>
  a.name === b.name && a.events.length === b.events.length && a.events.every((event) => b.events.includes(event));
