import type { Box, Link, Node, Step } from "./boxes.ts";
import type { Rect } from "./canvas.ts";
import { apart, EDGE, portsOf, routeOf } from "./routes.ts";

export type Layout = {
  readonly places: ReadonlyMap<string, Rect>;
  /** One SVG path for each link, in the order of the links. */
  readonly routes: readonly string[];
  readonly width: number;
  readonly height: number;
};
export type Spacing = { readonly gap: number; readonly spacing: number };

type Heights = ReadonlyMap<string, number>;

const SWEEPS = 10;
const CROSSING = 90;

/**
 * Places boxes in columns. A link curves between columns and crosses a column in a lane of its own, so no link runs over a box and no boxes
 * overlap. The order within a column gives short links and few crossings. The same boxes always give the same picture.
 */
export const layered = (boxes: readonly Box[], links: readonly Link[], { gap, spacing }: Spacing): Layout => {
  const nodes = new Map<string, Node>(boxes.map((box) => [box.id, { ...box, lane: false }]));
  const chains = links.map((link, index) => chainOf(link, index, nodes));
  const steps = chains.flatMap((chain) => chain.slice(1).map((node, index) => step(chain[index] ?? node, node)));
  const numbers = [...new Set([...nodes.values()].map(({ column }) => column))].sort((a, b) => a - b);
  const columns = ordered(
    numbers.map((number) => [...nodes.values()].filter(({ column }) => column === number)),
    steps,
    spacing,
  );
  const heights = centred(columns, steps, spacing);
  const top = Math.min(...[...nodes.values()].map((node) => (heights.get(node.id) ?? 0) - node.height / 2));

  const places = new Map<string, Rect>();
  const edges = new Map<number, { readonly left: number; readonly right: number }>();
  let x = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((node) => node.width));
    for (const { id, width: own, height } of column)
      places.set(id, { x: x + (width - own) / 2, y: (heights.get(id) ?? 0) - top - height / 2, width: own, height });
    edges.set(column[0]?.column ?? 0, { left: x, right: x + width });
    x += width + gap;
  }
  const ports = portsOf(steps, places);
  const routes = chains.map((chain) => routeOf(chain, places, edges, ports));
  const bottom = Math.max(...[...places.values()].map(({ y, height }) => y + height));
  return {
    places: new Map([...places].filter(([id]) => !nodes.get(id)?.lane)),
    routes,
    width: x - gap,
    height: bottom,
  };
};

/** The nodes of a link: both boxes, and a lane in every column between them. */
const chainOf = ({ from, to }: Link, index: number, nodes: Map<string, Node>): readonly Node[] => {
  const [start, end] = [nodes.get(from), nodes.get(to)];
  if (!start || !end || start.column === end.column) throw new Error(`a link from ${from} to ${to} must lead from column to column`);
  const direction = Math.sign(end.column - start.column);
  const chain = [start];
  for (let column = start.column + direction; column !== end.column; column += direction) {
    const lane = { id: `lane ${index} ${column}`, column, width: 0, height: 6, lane: true };
    nodes.set(lane.id, lane);
    chain.push(lane);
  }
  return [...chain, end];
};

const step = (a: Node, b: Node): Step => (a.column < b.column ? { left: a, right: b } : { left: b, right: a });

/** Moves boxes within their columns as long as this shortens links or removes crossings. */
const ordered = (columns: readonly (readonly Node[])[], steps: readonly Step[], spacing: number): readonly (readonly Node[])[] => {
  let best = columns;
  let cost = costOf(best, steps, spacing);
  for (let better = true; better; ) {
    better = false;
    for (const [number, column] of columns.entries())
      for (let from = 0; from < column.length; from++)
        for (let to = 0; to < column.length; to++) {
          if (from === to) continue;
          const changed = best.map((each, index) => (index === number ? moved(each, from, to) : each));
          const changedCost = costOf(changed, steps, spacing);
          if (changedCost < cost - 0.5) [best, cost, better] = [changed, changedCost, true];
        }
  }
  return best;
};

const moved = <T>(list: readonly T[], from: number, to: number): readonly T[] => {
  const without = list.filter((_, index) => index !== from);
  const item = list.slice(from, from + 1);
  return [...without.slice(0, to), ...item, ...without.slice(to)];
};

const costOf = (columns: readonly (readonly Node[])[], steps: readonly Step[], spacing: number): number => {
  const heights = centred(columns, steps, spacing);
  let cost = 0;
  for (const [index, a] of steps.entries()) {
    const [left, right] = [facing(a.left, a.right, heights), facing(a.right, a.left, heights)];
    cost += Math.abs(left - right);
    for (const b of steps.slice(index + 1)) {
      if (a.left.column !== b.left.column) continue;
      const [otherLeft, otherRight] = [facing(b.left, b.right, heights), facing(b.right, b.left, heights)];
      if ((left - otherLeft) * (right - otherRight) < 0) cost += CROSSING;
    }
  }
  return cost;
};

/** The height at which a link from the other box meets this box. */
const facing = (box: Node, other: Node, heights: Heights): number => {
  const [own, wanted] = [heights.get(box.id) ?? 0, heights.get(other.id) ?? 0];
  const node = box.lane || box.centre ? 0 : Math.max(0, box.height / 2 - EDGE);
  return Math.min(own + node, Math.max(own - node, wanted));
};

/** The vertical centre of every box: as near to its linked boxes as the other boxes of its column allow. */
const centred = (columns: readonly (readonly Node[])[], steps: readonly Step[], spacing: number): Heights => {
  const heights = new Map<string, number>();
  for (const column of columns) {
    const total = column.reduce((sum, { height }) => sum + height + spacing, -spacing);
    let y = -total / 2;
    for (const { id, height } of column) {
      heights.set(id, y + height / 2);
      y += height + spacing;
    }
  }
  const near = new Map<string, Node[]>();
  for (const { left, right } of steps) {
    near.set(left.id, [...(near.get(left.id) ?? []), right]);
    near.set(right.id, [...(near.get(right.id) ?? []), left]);
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const wanted = column.map((node) => {
        const others = near.get(node.id) ?? [];
        const meet = others.map((other) => facing(other, node, heights));
        return meet.length === 0 ? (heights.get(node.id) ?? 0) : meet.reduce((sum, y) => sum + y, 0) / meet.length;
      });
      const distances = column.map((node, index) => {
        const before = column[index - 1];
        return before ? (before.height + node.height) / 2 + (before.lane && node.lane ? spacing / 2 : spacing) : 0;
      });
      for (const [index, y] of apart(wanted, distances).entries()) heights.set(column[index]?.id ?? "", y);
    }
  return heights;
};
