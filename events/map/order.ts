import type { Bundle } from "./bundles.ts";

/** Above this number of services an exhaustive search for the order would be too slow. */
const MAX_EXACT = 14;

const weight = ({ reactions, reads }: Bundle): number => 10 * reactions.length + reads.reduce((sum, { events }) => sum + events.length, 0);

/** The order of services in which most events flow forward: the best of all orders, or the given order if there are too many services. */
const flow = (names: readonly string[], bundles: readonly Bundle[]): readonly string[] => {
  if (names.length > MAX_EXACT) return names;
  const forward = names.map((from) =>
    names.map((to) => bundles.filter((b) => b.from === from && b.to === to).reduce((s, b) => s + weight(b), 0)),
  );
  const best = new Map<number, { readonly value: number; readonly order: readonly number[] }>([[0, { value: 0, order: [] }]]);
  for (let set = 1; set < 1 << names.length; set++)
    for (const last of names.keys()) {
      const before = set & (1 << last) ? best.get(set & ~(1 << last)) : undefined;
      if (!before) continue;
      const value = before.value + before.order.reduce((sum, from) => sum + (forward[from]?.[last] ?? 0), 0);
      if (value > (best.get(set)?.value ?? -1)) best.set(set, { value, order: [...before.order, last] });
    }
  return (best.get((1 << names.length) - 1)?.order ?? []).map((index) => names[index] ?? "");
};

/** The column of each service: to the right of every service before it in the order whose events it reads, or which reads its events. */
export const columnsOf = (names: readonly string[], bundles: readonly Bundle[]): ReadonlyMap<string, number> => {
  const order = flow(names, bundles);
  const rank = new Map(order.map((name, index) => [name, index]));
  const links = bundles.map(({ from, to }) => ((rank.get(from) ?? 0) < (rank.get(to) ?? 0) ? { from, to } : { from: to, to: from }));
  const columns = new Map<string, number>();
  for (const name of order)
    columns.set(name, Math.max(0, ...links.filter(({ to }) => to === name).map(({ from }) => (columns.get(from) ?? 0) + 1)));
  // A service without incoming links stands directly before its first reader.
  for (const name of order) {
    const after = links.filter(({ from }) => from === name).map(({ to }) => columns.get(to) ?? 1);
    if (!links.some(({ to }) => to === name) && after.length > 0) columns.set(name, Math.min(...after) - 1);
  }
  return columns;
};
