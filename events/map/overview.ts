import { type Bundle, bundled, type Common, type Suite, unique } from "./bundles.ts";
import { canvas, hueOf, ink, type Picture, type Rect, widthOf } from "./canvas.ts";
import { type Card, cardHeight, cardWidth, drawCard, drawMark, type Line, list } from "./card.ts";
import type { Choreography, MapRow } from "./graph.ts";
import { layered } from "./layout.ts";
import { drawLegend, LEGEND, legendOf } from "./legend.ts";
import { columnsOf } from "./order.ts";

const CARD = 202;
const MARGIN = 26;
const HEAD = 88;
const TEXT = 11;
const LINE = 14.5;

/** What to say of the reaction of a service to an event of another; `odd`: in red. */
export type Note = (from: string, event: string, to: string) => { readonly text: string; readonly odd: boolean } | undefined;
const ODD = "#c0232c";

/** All services in one picture. Between two services there is at most one arrow in each direction, labelled with its events. */
export const overview = (graph: Choreography, note: Note = () => undefined): Picture => {
  const { suites, bundles, common } = bundled(graph);
  const columns = columnsOf(
    suites.map(({ name }) => name),
    bundles,
  );
  const colours = new Map(suites.map(({ name }, index) => [name, hueOf(index)]));
  const cards = new Map(suites.map((suite) => [suite.name, serviceCard(suite, graph, common, colours.get(suite.name) ?? ink.text)]));
  const membersOf = new Map(suites.map(({ name, nodes }) => [name, nodes.map((node) => node.name)]));
  /** A suite is described by the first of its services. */
  const among: Note = (from, event, to) =>
    (membersOf.get(from) ?? [from])
      .flatMap((one) => (membersOf.get(to) ?? [to]).map((other) => note(one, event, other)))
      .find((found) => found !== undefined);
  const labels = [
    ...bundles.map((bundle) => labelOf(bundle, columns, among)),
    ...common.map((each, index) => ({ ...commonLabel(each, index), column: 2 * (columns.get(each.from) ?? 0) + 1 })),
  ];
  const boxes = [
    ...[...cards].map(([id, card]) => ({ id, column: 2 * (columns.get(id) ?? 0), width: cardWidth(card, CARD), height: cardHeight(card) })),
    ...labels.map(({ id, column, lines }) => ({
      id,
      column,
      width: Math.max(...lines.map(lineWidth)) + 20,
      centre: true,
      height: lines.length * LINE + 10,
    })),
  ];
  const links = labels.flatMap(({ id, from, to }) => [{ from, to: id }, ...(to === undefined ? [] : [{ from: id, to }])]);
  const { places, routes, width, height } = layered(boxes, links, { gap: 30, spacing: 22 });
  const [totalWidth, totalHeight] = [Math.max(width + 2 * MARGIN, LEGEND + 2 * MARGIN), height + HEAD + MARGIN];

  const picture = canvas();
  const title = "Who reacts to what";
  picture.text(MARGIN, 44, title, { size: 24, bold: true });
  picture.text(MARGIN, 66, summary(graph), { size: 13, fill: ink.soft });
  const left = (totalWidth - width) / 2;
  const shift = (place: Rect | undefined): Rect => ({
    x: 0,
    y: 0,
    width: 0,
    height: 0,
    ...place,
    ...(place && { x: place.x + left, y: place.y + HEAD }),
  });
  let link = 0;
  for (const { from, to, solid } of labels)
    for (const last of to === undefined ? [true] : [false, true]) {
      const colour = colours.get(from) ?? ink.text;
      const route = shifted(routes[link++] ?? "", left, HEAD);
      picture.path(route, { stroke: colour, width: 1.6, dashed: !solid, ...(last && to !== undefined && { head: colour }) });
    }
  for (const [name, card] of cards) {
    const place = shift(places.get(name));
    picture.block(name, place);
    drawCard(picture, card, place);
  }
  for (const label of labels) drawLabel(picture, label, shift(places.get(label.id)), colours.get(label.from) ?? ink.text);
  const legend = drawLegend(
    picture,
    legendOf(
      graph,
      suites.some(({ nodes }) => nodes.length > 1),
    ),
    MARGIN,
    totalHeight,
  );
  return picture.finish(totalWidth, totalHeight + legend + MARGIN / 2, title);
};

const summary = ({ nodes, arrows }: Choreography): string => {
  const events = unique(nodes.flatMap(({ aggregates }) => aggregates.flatMap((aggregate) => aggregate.events)));
  const reactions = arrows.filter(({ by }) => by === "reaction");
  const models = nodes.reduce((sum, { readModels }) => sum + readModels.length, 0);
  return (
    `No service asks another to do something: each announces what happened, and others react. ` +
    `${nodes.length} services, ${events.length} events, ${reactions.length} reactions, ${models} read models.`
  );
};

const serviceCard = ({ nodes }: Suite, { arrows }: Choreography, common: readonly Common[], colour: string): Card => {
  const names = <K extends "effects" | "timers">(table: K) => unique(nodes.flatMap((node) => node[table].map(({ on }: MapRow) => on)));
  const models = unique(nodes.flatMap(({ readModels }) => readModels.map(({ name }) => name))).filter(
    (name) => !common.some(({ model }) => model === name),
  );
  const inside = nodes.map(({ name }) => name);
  const self = unique(
    arrows.filter(({ from, to, by }) => by === "reaction" && inside.includes(from) && inside.includes(to)).map(({ event }) => event),
  );
  const section = (heading: string, lines: readonly Line[]): readonly Line[] => (lines.length === 0 ? [] : [{ heading }, ...lines]);
  const events = unique(nodes.flatMap(({ aggregates }) => aggregates.flatMap((aggregate) => aggregate.events)));
  const operations = nodes.flatMap((node) => node.operations);
  const signals = nodes.flatMap((node) => node.signals.flatMap(({ commands }) => commands));
  const edge: readonly Line[] = [
    ...(operations.length === 0 ? [] : list([`${operations.length} operations over HTTP`], CARD, { mark: "http" })),
    ...list(names("effects"), CARD, { mark: "effect" }),
    ...list(names("timers"), CARD, { mark: "timer" }),
    ...list(unique(signals), CARD, { mark: "signal" }),
  ];
  return {
    titles: inside,
    colour,
    under: nodes.length - 1,
    lines: [
      ...(events.length === 0 ? [{ text: "announces nothing", soft: true }] : []),
      ...section(
        `decides on, with ${events.length} events`,
        list(unique(nodes.flatMap(({ aggregates }) => aggregates.map(({ name }) => name))), CARD, { bold: true }),
      ),
      ...section("keeps", list(models, CARD, { mark: "model", soft: true })),
      ...section("reacts to itself", list(self, CARD, { mark: "self" })),
      ...section("at its edge", edge),
    ],
  };
};

type LabelLine = { readonly text: string; readonly model: boolean; readonly odd?: boolean };
type Label = {
  readonly id: string;
  readonly column: number;
  readonly from: string;
  readonly to: string | undefined;
  readonly solid: boolean;
  readonly lines: readonly LabelLine[];
};

const labelOf = ({ from, to, reactions, reads }: Bundle, columns: ReadonlyMap<string, number>, note: Note): Label => {
  const [a, b] = [columns.get(from) ?? 0, columns.get(to) ?? 0];
  return {
    id: `${from} to ${to}`,
    column: a < b ? 2 * a + 1 : 2 * a - 1,
    from,
    to,
    solid: reactions.length > 0,
    lines: [
      ...reactions.map(({ event }) => {
        const { text, odd = false } = note(from, event, to) ?? {};
        return { text: text === undefined ? event : `${event}  ${text}`, model: false, odd };
      }),
      ...reads.map(({ model, events }) => ({
        text: events.length === 1 ? `${events[0]} → ${model}` : `${events.length} events → ${model}`,
        model: true,
      })),
    ],
  };
};

const commonLabel = ({ from, model, events }: Common, index: number) => ({
  id: `${from} to all ${index}`,
  from,
  to: undefined,
  solid: false,
  lines: [
    { text: "every service keeps", model: false },
    { text: `${events.length} events → ${model}`, model: true },
  ],
});

const lineWidth = ({ text, model }: LabelLine): number => widthOf(text, TEXT) + (model ? 16 : 0);

const drawLabel = (to: ReturnType<typeof canvas>, { id, lines }: Label, place: Rect, colour: string): void => {
  to.block(id, place);
  to.rect(place, { fill: ink.paper, stroke: ink.line, radius: 5 });
  to.rect({ ...place, width: 4 }, { fill: colour, radius: 2 });
  for (const [index, { text, model, odd }] of lines.entries()) {
    const y = place.y + 5 + (index + 1) * LINE;
    if (model) drawMark(to, "model", place.x + 10, y - 13.5, colour);
    to.text(place.x + 10 + (model ? 16 : 0), y - 3.5, text, { size: TEXT, fill: odd ? ODD : model ? ink.soft : ink.text });
  }
};

/** The same SVG path, moved by an offset. */
export const shifted = (d: string, dx: number, dy: number): string =>
  d.replace(/(-?[\d.]+) (-?[\d.]+)/g, (_, x: string, y: string) => `${round(Number(x) + dx)} ${round(Number(y) + dy)}`);
const round = (value: number): number => Math.round(value * 10) / 10;
