import { unique } from "./bundles.ts";
import { canvas, hueOf, ink, type Picture, type Rect } from "./canvas.ts";
import { type Card, cardHeight, cardWidth, drawCard, type Line, list } from "./card.ts";
import type { Arrow, Choreography, MapRow, ServiceNode } from "./graph.ts";
import { layered } from "./layout.ts";
import { drawLegend, LEGEND, legendOf } from "./legend.ts";
import { shifted } from "./overview.ts";

const LEAST = 240;
const LIST = 330;
const MARGIN = 32;
const HEAD = 88;

type Placed = Card & { readonly id: string; readonly column: number };
type Cord = { readonly from: string; readonly to: string; readonly colour: string; readonly dashed: boolean };

/** One service in detail: the events that it reads and its reactions, its aggregates and read models, and the services that read its events. */
export const closeUp = (graph: Choreography, name: string): Picture => {
  const node = graph.nodes.find((each) => each.name === name);
  if (!node) throw new Error(`there is no service ${name} on the map, only ${graph.nodes.map((each) => each.name).join(", ")}`);
  const colourOf = (service: string) => hueOf(graph.nodes.findIndex((each) => each.name === service));
  const heard = graph.arrows.filter(({ to }) => to === name);
  const outgoing = graph.arrows.filter(({ from, to }) => from === name && to !== name);
  const others = (arrows: readonly Arrow[], end: "from" | "to") =>
    unique(arrows.map((arrow) => arrow[end])).filter((each) => each !== name);

  const cards: Placed[] = [];
  const cords: Cord[] = [];
  const aggregatesOf = (commands: readonly string[]) =>
    node.aggregates.filter((each) => each.commands.some((command) => commands.includes(command)));
  const put = (card: Placed, issues: readonly string[]) => {
    cards.push(card);
    for (const { name: aggregate } of aggregatesOf(issues))
      cords.push({ from: card.id, to: `is ${aggregate}`, colour: card.colour, dashed: false });
  };

  const people = peopleOf(node);
  if (people.length > 0)
    put({ id: "people", column: 0, titles: ["people, over HTTP"], colour: ink.soft, lines: people }, commandsOf(node.operations));
  for (const other of others(heard, "from")) {
    const arrows = heard.filter(({ from }) => from === other);
    const card = {
      id: `from ${other}`,
      column: 0,
      titles: [other],
      colour: colourOf(other),
      lines: [...reactionsIn(arrows, "reacted to here"), ...readsIn(arrows, "read here for")],
    };
    put(card, commandsOf(arrows));
    if (arrows.some(({ by }) => by === "readModel")) cords.push({ from: card.id, to: "keeps", colour: card.colour, dashed: true });
  }
  const own = [
    ...edgeOf(node),
    ...reactionsIn(
      heard.filter(({ from, by }) => from === name && by === "reaction"),
      "reacts to itself",
      "self",
    ),
  ];
  if (own.length > 0)
    put(
      { id: "itself", column: 0, titles: ["itself"], colour: colourOf(name), lines: own },
      commandsOf([...node.effects, ...node.timers, ...node.signals, ...heard.filter(({ from }) => from === name)]),
    );

  for (const aggregate of node.aggregates) {
    const listened = new Set(outgoing.filter((arrow) => arrow.aggregate === aggregate.name).map(({ event }) => event));
    cards.push({
      id: `is ${aggregate.name}`,
      column: 1,
      titles: [aggregate.name],
      colour: colourOf(name),
      lines: [
        { heading: `${aggregate.commands.length} command${aggregate.commands.length === 1 ? "" : "s"}; announces` },
        ...aggregate.events.map((event) => ({ text: event, bold: listened.has(event) })),
      ],
    });
  }
  if (node.readModels.length > 0)
    cards.push({
      id: "keeps",
      column: 1,
      titles: ["read models"],
      colour: colourOf(name),
      lines: node.readModels.flatMap((model) => [
        { text: model.name, mark: "model" as const, bold: true },
        ...list(sourcesOf(model.name, heard), LIST, { indent: 1, soft: true }),
      ]),
    });
  for (const other of others(outgoing, "to")) {
    const arrows = outgoing.filter(({ to }) => to === other);
    cards.push({
      id: `to ${other}`,
      column: 2,
      titles: [other],
      colour: colourOf(other),
      lines: [...reactionsIn(arrows), ...readsIn(arrows)],
    });
    for (const aggregate of unique(arrows.map((arrow) => arrow.aggregate))) {
      const dashed = !arrows.some((arrow) => arrow.aggregate === aggregate && arrow.by === "reaction");
      cords.push({ from: `is ${aggregate}`, to: `to ${other}`, colour: colourOf(name), dashed });
    }
  }
  return drawn(graph, name, cards, cords);
};

const drawn = (graph: Choreography, name: string, cards: readonly Placed[], cords: readonly Cord[]): Picture => {
  const sized = cards.map((card) => ({ id: card.id, column: card.column, width: cardWidth(card, LEAST), height: cardHeight(card) }));
  const widest = (column: number) => Math.max(...sized.filter((box) => box.column === column).map(({ width }) => width));
  const boxes = sized.map((box) => ({ ...box, width: widest(box.column) }));
  const { places, routes, width, height } = layered(boxes, cords, { gap: 90, spacing: 18 });
  const [totalWidth, totalHeight] = [Math.max(width, LEGEND) + 2 * MARGIN, height + HEAD + MARGIN];
  const left = (totalWidth - width) / 2;
  const picture = canvas();
  picture.text(MARGIN, 44, name, { size: 24, bold: true });
  picture.text(MARGIN, 66, "What it hears and then does; what it decides on and keeps; who hears it. Events in bold are heard by others.", {
    size: 13,
    fill: ink.soft,
  });
  for (const [index, { colour, dashed }] of cords.entries())
    picture.path(shifted(routes[index] ?? "", left, HEAD), { stroke: colour, width: 1.6, dashed, head: colour });
  for (const card of cards) {
    const at = places.get(card.id);
    if (!at) continue;
    const place: Rect = { ...at, x: at.x + left, y: at.y + HEAD };
    picture.block(card.id, place);
    drawCard(picture, card, place);
  }
  const only = { ...graph, nodes: graph.nodes.filter((node) => node.name === name), arrows: graph.arrows.filter(({ to }) => to === name) };
  const legend = drawLegend(picture, legendOf(only, false), MARGIN, totalHeight);
  return picture.finish(totalWidth, totalHeight + legend + MARGIN / 2, `${name}: what it hears, decides on and announces`);
};

const commandsOf = (rows: readonly { readonly commands: readonly string[] }[]): readonly string[] =>
  unique(rows.flatMap(({ commands }) => commands));

const rowLine = ({ on, commands }: MapRow, mark: Extract<Line, { text: string }>["mark"]): readonly Line[] => [
  { text: commands.length === 0 ? on : `${on} → ${commands[0]}`, ...(mark && { mark }) },
  ...commands.slice(1).map((command) => ({ text: `→ ${command}`, indent: 1 })),
];

const reactionsIn = (arrows: readonly Arrow[], heading = "reacts", mark: "reaction" | "self" = "reaction"): readonly Line[] => {
  const rows = new Map(arrows.filter(({ by }) => by === "reaction").map(({ event, commands }) => [event, { on: event, commands }]));
  return rows.size === 0 ? [] : [{ heading }, ...[...rows.values()].flatMap((row) => rowLine(row, mark))];
};

const readsIn = (arrows: readonly Arrow[], heading = "reads for"): readonly Line[] => {
  const reads = arrows.filter(({ by }) => by === "readModel");
  return unique(reads.map(({ row }) => row)).flatMap((row) => [
    { heading: `${heading} ${row}` },
    ...list(unique(reads.filter((arrow) => arrow.row === row).map(({ event }) => event)), LIST, { soft: true }),
  ]);
};

const peopleOf = ({ operations }: ServiceNode): readonly Line[] => {
  const commands = operations.filter(({ kind }) => kind === "command");
  const queries = operations.filter(({ kind }) => kind !== "command").map(({ on }) => on);
  return [
    ...(commands.length === 0 ? [] : [{ heading: "ask for" }, ...commands.flatMap((row) => rowLine(row, "http"))]),
    ...(queries.length === 0 ? [] : [{ heading: "look at" }, ...list(queries, LIST, { soft: true })]),
  ];
};

const edgeOf = ({ effects, timers, signals }: ServiceNode): readonly Line[] => {
  const table = (heading: string, rows: readonly MapRow[], mark: "effect" | "timer"): readonly Line[] =>
    rows.length === 0 ? [] : [{ heading }, ...rows.flatMap((row) => rowLine(row, mark))];
  const begun = commandsOf(signals);
  return [
    ...table("calls the outside after", effects, "effect"),
    ...table("does something a while after", timers, "timer"),
    ...(begun.length === 0 ? [] : [{ heading: "begins by itself" }, ...begun.map((text) => ({ text, mark: "signal" as const }))]),
  ];
};

const sourcesOf = (model: string, heard: readonly Arrow[]): readonly string[] => {
  const arrows = heard.filter(({ by, row }) => by === "readModel" && row === model);
  return unique(arrows.map(({ aggregate }) => aggregate)).map(
    (aggregate) => `${unique(arrows.filter((arrow) => arrow.aggregate === aggregate).map(({ event }) => event)).length} of ${aggregate}`,
  );
};
