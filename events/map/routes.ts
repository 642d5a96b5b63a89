import type { Node, Step } from "./boxes.ts";
import type { Rect } from "./canvas.ts";

/** Minimum distance of a link from the corners of a box. */
export const EDGE = 14;
/** Distance between two links on one side of a box. */
const PORTS = 11;

/** Moves the wanted numbers as little as possible so that each exceeds its predecessor by at least its distance. Conflicting numbers are pooled. */
export const apart = (wanted: readonly number[], distances: readonly number[]): readonly number[] => {
  let sum = 0;
  const offsets = distances.map((distance) => {
    sum += distance;
    return sum;
  });
  const pools: { total: number; count: number }[] = [];
  for (const [index, value] of wanted.entries()) {
    let pool = { total: value - (offsets[index] ?? 0), count: 1 };
    for (let last = pools.at(-1); last && last.total / last.count > pool.total / pool.count; last = pools.at(-1)) {
      pool = { total: pool.total + last.total, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  return pools.flatMap(({ total, count }) => Array<number>(count).fill(total / count)).map((value, index) => value + (offsets[index] ?? 0));
};

const middle = (rect: Rect | undefined): number => (rect ? rect.y + rect.height / 2 : 0);
const portKey = (box: Node, other: Node): string => `${box.id}\n${other.id}`;

/** The height at which each link leaves a box: towards its other end, and separated from the other links on that side. */
export const portsOf = (steps: readonly Step[], places: ReadonlyMap<string, Rect>): ReadonlyMap<string, number> => {
  const sides = new Map<string, { readonly box: Node; readonly others: Node[] }>();
  const add = (box: Node, other: Node, side: string) => {
    const key = `${box.id} ${side}`;
    const found = sides.get(key) ?? { box, others: [] };
    found.others.push(other);
    sides.set(key, found);
  };
  for (const { left, right } of steps) {
    add(left, right, "right");
    add(right, left, "left");
  }
  const ports = new Map<string, number>();
  for (const { box, others } of sides.values()) {
    const place = places.get(box.id);
    if (!place) continue;
    const sorted = [...others].sort((a, b) => middle(places.get(a.id)) - middle(places.get(b.id)));
    const [low, high] = [place.y + Math.min(EDGE, place.height / 2), place.y + place.height - Math.min(EDGE, place.height / 2)];
    const distance = sorted.length > 1 ? Math.min(PORTS, (high - low) / (sorted.length - 1)) : 0;
    const single = others.length === 1 && box.centre;
    const wanted = sorted.map((other) => (single ? middle(place) : Math.min(high, Math.max(low, middle(places.get(other.id))))));
    const spread = apart(
      wanted,
      wanted.map((_, index) => (index === 0 ? 0 : distance)),
    );
    const shift = Math.min(0, high - (spread.at(-1) ?? high)) + Math.max(0, low - (spread[0] ?? low));
    for (const [index, other] of sorted.entries()) ports.set(portKey(box, other), (spread[index] ?? middle(place)) + shift);
  }
  return ports;
};

/** A link as an SVG path: curves between columns, straight lines within them. */
export const routeOf = (
  chain: readonly Node[],
  places: ReadonlyMap<string, Rect>,
  edges: ReadonlyMap<number, { readonly left: number; readonly right: number }>,
  ports: ReadonlyMap<string, number>,
): string => {
  const parts: string[] = [];
  for (const [index, to] of chain.slice(1).entries()) {
    const from = chain[index] ?? to;
    const forward = to.column > from.column;
    const [a, b] = [places.get(from.id), places.get(to.id)];
    const [columnA, columnB] = [edges.get(from.column), edges.get(to.column)];
    if (!a || !b || !columnA || !columnB) continue;
    const [y1, y2] = [ports.get(portKey(from, to)) ?? middle(a), ports.get(portKey(to, from)) ?? middle(b)];
    const [edgeA, edgeB] = forward ? [columnA.right, columnB.left] : [columnA.left, columnB.right];
    const boxA = forward ? a.x + a.width : a.x;
    const boxB = forward ? b.x : b.x + b.width;
    const half = (edgeA + edgeB) / 2;
    parts.push(
      index === 0 ? `M${r(boxA)} ${r(y1)}` : "",
      `L${r(edgeA)} ${r(y1)}`,
      `C${r(half)} ${r(y1)} ${r(half)} ${r(y2)} ${r(edgeB)} ${r(y2)}`,
      to.lane ? "" : `L${r(boxB)} ${r(y2)}`,
    );
  }
  return parts.filter(Boolean).join(" ");
};

const r = (value: number): string => String(Math.round(value * 10) / 10);
