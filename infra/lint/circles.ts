import type { Edge } from "./graph.ts";
import type { Exception, Violation } from "./violation.ts";

/**
 * Circles between neighbours: files and folders of one folder do not import each other, directly or through others. A folder imports what any
 * of its files imports. Type imports count. Under tests/, which mirrors the tree, only circles of files count.
 */
export const circleViolations = (edges: readonly Edge[], exceptions: readonly Exception[]): readonly Violation[] => {
  const isCut = ({ from, to }: Edge): boolean =>
    exceptions.some((exception) => exception.rule === "circles" && exception.from === from && exception.to === to);
  const arrows = arrowsOf(edges.filter((edge) => !isCut(edge)));
  const reported = new Set<string>();
  const circles = [...arrows.keys()].flatMap((unit) => {
    const circle = reported.has(unit) ? undefined : pathFrom(arrows, unit, unit);
    for (const edge of circle ?? []) for (const one of unitsOf(edge)) reported.add(one);
    return circle ? [circle] : [];
  });
  // An exception is needed while its edge closes a circle.
  const cut = edges.filter(isCut).flatMap((edge) => {
    const [from, to] = unitsOf(edge);
    const back = pathFrom(arrows, to, from);
    return back ? [[edge, ...back]] : [];
  });
  return [...circles, ...cut].map(violation);
};

const violation = (circle: readonly Edge[]): Violation => {
  const [{ from, line, to }] = circle as readonly [Edge, ...Edge[]]; // A path has at least one edge.
  const path = circle.map((edge) => `${edge.from}:${edge.line} imports ${edge.to}`).join(", ");
  return { rule: "circles", from, line, to, text: `a circle: ${path}. Move what both sides need into a file below them.` };
};

/** Imports between units, each with its first edge. */
type Arrows = Map<string, Map<string, Edge>>;
const arrowsOf = (edges: readonly Edge[]): Arrows => {
  const arrows: Arrows = new Map();
  for (const edge of edges) {
    const [from, to] = unitsOf(edge);
    const targets = arrows.get(from) ?? new Map<string, Edge>();
    arrows.set(from, targets);
    if (from !== to && !targets.has(to)) targets.set(to, edge);
  }
  return arrows;
};

/** The two units that an edge connects: files or folders in the innermost folder that contains both files. */
const unitsOf = ({ from, to }: Edge): readonly [from: string, to: string] => {
  if (from.startsWith("tests/")) return [from, to];
  const [one, other] = [from.split("/"), to.split("/")];
  const depth = one.findIndex((name, at) => name !== other[at]) + 1;
  return [one.slice(0, depth).join("/"), other.slice(0, depth).join("/")];
};

/** The shortest path along the arrows; a path from a unit to itself is a circle. */
const pathFrom = (arrows: Arrows, start: string, end: string): readonly Edge[] | undefined => {
  const paths = new Map<string, readonly Edge[]>([[start, []]]);
  for (const [unit, path] of paths)
    for (const [next, edge] of arrows.get(unit) ?? []) {
      if (next === end) return [...path, edge];
      if (!paths.has(next)) paths.set(next, [...path, edge]);
    }
  return undefined;
};
