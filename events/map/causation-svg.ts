import { canvas, hueOf, ink, type Picture, type Rect, widthOf } from "./canvas.ts";
import type { CausationNode, CausationTree } from "./causation.ts";
import { duration, spanOf, titleOf } from "./causation-text.ts";

const LEFT = 150;
const HEAD = 96;
const ROW = 30;
const PAD = 14;
const DOT = 5;
/** The least and the largest distance between two consecutive moments, in pixels. */
const [NEAR, FAR] = [20, 170];

type Spot = {
  readonly node: CausationNode;
  readonly cause: Spot | undefined;
  readonly x: number;
  readonly end: number;
  readonly label: number;
  row: number;
};
type Lane = { readonly service: string; readonly spots: readonly Spot[]; readonly rows: number };

/** The tree as a timeline: one lane for each service, time to the right, an arrow from each cause to its effect. */
export const causationPicture = (tree: CausationTree): Picture => {
  const beginnings = tree.roots.flatMap((root) => beginningsOf(root, undefined));
  const scale = scaleOf(beginnings);
  const spots = spotsOf(beginnings, scale.at);
  const lanes = tree.services.map((service) => laneOf(service, spots));
  const tops = new Map<string, number>();
  let bottom = HEAD;
  for (const { service, rows } of lanes) {
    tops.set(service, bottom);
    bottom += rows * ROW + 2 * PAD;
  }
  const title = `What came of request ${tree.correlationId}`;
  const subtitle = `${tree.events} events in ${tree.services.length} services, ${duration(tree.took)}. Time runs to the right, long waits are shortened.`;
  const width = Math.max(LEFT + 60, widthOf(title, 20, true) + 64, widthOf(subtitle, 12) + 64, ...spots.map(({ label }) => label + 40));
  const yOf = ({ node, row }: Spot): number => (tops.get(node.service) ?? 0) + PAD + row * ROW + ROW / 2;

  const picture = canvas();
  picture.text(32, 38, title, { size: 20, bold: true });
  picture.text(32, 58, subtitle, { size: 12, fill: ink.soft });
  for (const [index, { service, rows }] of lanes.entries()) {
    const lane: Rect = { x: 16, y: tops.get(service) ?? 0, width: width - 32, height: rows * ROW + 2 * PAD - 6 };
    picture.block(`lane ${service}`, lane);
    picture.rect(lane, { fill: ink.paper, stroke: ink.line, radius: 8 });
    picture.rect({ ...lane, width: 5 }, { fill: hueOf(index), radius: 2 });
    picture.text(32, lane.y + lane.height / 2 + 4, service, { size: 13, bold: true, fill: hueOf(index) });
  }
  let free = 0;
  for (const { time, generation, x } of scale.moments) {
    if (generation > 0) continue;
    const text = duration(time);
    if (x - widthOf(text, 10) / 2 < free) continue;
    free = x + widthOf(text, 10) / 2 + 12;
    picture.text(x, HEAD - 12, text, { size: 10, anchor: "middle", fill: ink.soft });
    picture.path(`M${x} ${HEAD - 8} V${bottom - 6}`, { stroke: ink.line, width: 0.6, dashed: true });
  }
  for (const spot of spots) {
    const { cause } = spot;
    if (!cause) continue;
    const colour = hueOf(tree.services.indexOf(cause.node.service));
    picture.path(arrow(cause.x, yOf(cause), spot.x, yOf(spot)), {
      stroke: colour,
      width: 1.2,
      dashed: spot.node.because === "timer",
      head: colour,
    });
  }
  for (const spot of spots) {
    const { node, x, end } = spot;
    const [y, colour] = [yOf(spot), hueOf(tree.services.indexOf(node.service))];
    if (end > x) picture.rect({ x, y: y - 3, width: end - x, height: 6 }, { fill: colour, radius: 3 });
    picture.circle(x, y, DOT, node.because === "effect" ? { fill: ink.paper, stroke: colour, width: 2 } : { fill: colour });
    const text = labelOf(node);
    const place = { x: end + DOT + 4, y: y - 8, width: widthOf(text, 11), height: 16 };
    picture.rect(place, { fill: ink.paper });
    picture.block(`event ${node.occurrences[0]?.eventId}`, place);
    picture.text(place.x, y + 4, text, { size: 11 });
  }
  picture.circle(38, bottom + 14, DOT, { fill: ink.soft });
  picture.text(50, bottom + 18, "decided on a request or by a reaction", { size: 11, fill: ink.soft });
  picture.circle(308, bottom + 14, DOT, { fill: ink.paper, stroke: ink.soft, width: 2 });
  picture.text(320, bottom + 18, "told by an effect, from the outside", { size: 11, fill: ink.soft });
  return picture.finish(Math.max(width, 580), bottom + 36, title);
};
export const causationSvg = (tree: CausationTree): string => causationPicture(tree).svg;

const labelOf = (node: CausationNode): string => (node.occurrences.length > 1 ? `${titleOf(node)}, ${spanOf(node)}` : titleOf(node));

/** The start of an event. Within one millisecond, an effect is one generation after its cause. */
type Moment = { readonly time: number; readonly generation: number };
type Beginning = Moment & { readonly node: CausationNode; readonly cause: Beginning | undefined };

const beginningsOf = (node: CausationNode, cause: Beginning | undefined): readonly Beginning[] => {
  const generation = cause && cause.time >= node.first ? cause.generation + 1 : 0;
  const own: Beginning = { node, cause, time: Math.max(node.first, cause?.time ?? 0), generation };
  return [own, ...node.effects.flatMap((effect) => beginningsOf(effect, own))];
};

/** Places moments in their order; their distance is proportional to the time between them, within NEAR and FAR. */
const scaleOf = (beginnings: readonly Beginning[]) => {
  const keyOf = ({ time, generation }: Moment): string => `${time} ${generation}`;
  const ends = beginnings.map(({ node }) => ({ time: node.last, generation: 0 }));
  const all = [...new Map([...beginnings, ...ends].map((moment) => [keyOf(moment), moment])).values()].sort(
    (a, b) => a.time - b.time || a.generation - b.generation,
  );
  const total = Math.max(1, (all.at(-1)?.time ?? 0) - (all[0]?.time ?? 0));
  const moments: (Moment & { readonly x: number })[] = [];
  for (const [index, { time, generation }] of all.entries()) {
    const before = moments[index - 1];
    const distance = before ? Math.min(FAR, Math.max(NEAR, (1_000 * (time - before.time)) / total)) : 0;
    moments.push({ time, generation, x: before ? before.x + distance : LEFT });
  }
  const places = new Map(moments.map((moment) => [keyOf(moment), moment.x]));
  return { moments, at: (moment: Moment) => places.get(keyOf(moment)) ?? LEFT };
};

const spotsOf = (beginnings: readonly Beginning[], at: (moment: Moment) => number): readonly Spot[] => {
  const spots = new Map<Beginning, Spot>();
  for (const beginning of beginnings) {
    const { node, cause } = beginning;
    const x = at(beginning);
    const end = node.last > node.first ? Math.max(x, at({ time: node.last, generation: 0 })) : x;
    const label = end + DOT + 4 + widthOf(labelOf(node), 11);
    spots.set(beginning, { node, cause: cause && spots.get(cause), x, end, label, row: 0 });
  }
  return [...spots.values()];
};

/** Puts each event behind its cause if nothing follows the cause yet, otherwise into the first row that is free between the cause and the event. */
const laneOf = (service: string, spots: readonly Spot[]): Lane => {
  const own = spots.filter(({ node }) => node.service === service).toSorted((a, b) => a.x - b.x);
  const taken: Spot[] = [];
  for (const spot of own) {
    const { cause, x } = spot;
    const from = Math.min(x - DOT, cause?.x ?? x) - 10;
    const follows = cause !== undefined && taken[cause.row] === cause && cause.label + 10 < x - DOT;
    const found = follows ? cause.row : taken.findIndex(({ label }) => label < from);
    spot.row = found === -1 ? taken.length : found;
    taken[spot.row] = spot;
  }
  return { service, spots: own, rows: Math.max(1, taken.length) };
};

const arrow = (x1: number, y1: number, x2: number, y2: number): string => {
  if (y1 === y2) return `M${x1 + DOT} ${y1} H${x2 - DOT - 1}`;
  const side = y2 > y1 ? 1 : -1;
  if (x2 - x1 < 2 * NEAR) return `M${x1} ${y1 + side * DOT} C${x1} ${(y1 + y2) / 2} ${x2 - 14} ${y2 - side * 10} ${x2 - DOT - 1} ${y2}`;
  return `M${x1} ${y1 + side * DOT} C${x1} ${y2} ${x1 + 10} ${y2} ${x2 - DOT - 1} ${y2}`;
};
