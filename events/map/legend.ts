import { type Canvas, ink, widthOf } from "./canvas.ts";
import { drawMark, type Mark } from "./card.ts";
import type { Choreography } from "./graph.ts";

/** Minimum width of a picture with a legend. */
export const LEGEND = 1_080;
const COLUMN = 350;
const ROW = 20;

type Entry = { readonly sign: Mark | "solid" | "dashed" | "stack"; readonly text: string };

/** The signs that occur on this map, with their meaning. */
export const legendOf = ({ nodes, arrows }: Choreography, stacked: boolean): readonly Entry[] => {
  const has = <T>(list: (node: Choreography["nodes"][number]) => readonly T[]) => nodes.some((node) => list(node).length > 0);
  const entries: readonly (Entry | false)[] = [
    { sign: "solid", text: "announced here, reacted to there" },
    { sign: "dashed", text: "only read there, to keep a read model" },
    { sign: "model", text: "read model, kept from events" },
    arrows.some(({ from, to, by }) => from === to && by === "reaction") && { sign: "self", text: "reacts to an event of its own" },
    has(({ operations }) => operations) && { sign: "http", text: "people, over the gateway" },
    has(({ effects }) => effects) && { sign: "effect", text: "effect: calls the outside after this event" },
    has(({ timers }) => timers) && { sign: "timer", text: "timer: does something a while after this event" },
    has(({ signals }) => signals) && { sign: "signal", text: "signal: begins by itself, with this command" },
    stacked && { sign: "stack", text: "services that hear and announce the same" },
  ];
  return entries.filter((entry) => entry !== false);
};

/** Draws the legend and returns its height. */
export const drawLegend = (to: Canvas, entries: readonly Entry[], left: number, top: number): number => {
  const rows = Math.ceil(entries.length / 3);
  for (const [index, { sign, text }] of entries.entries()) {
    const x = left + Math.floor(index / rows) * COLUMN;
    const y = top + (index % rows) * ROW;
    if (sign === "solid" || sign === "dashed")
      to.path(`M${x} ${y + 6} H${x + 30}`, { stroke: ink.soft, width: 1.6, dashed: sign === "dashed", head: ink.soft });
    else if (sign === "stack")
      for (const back of [4, 0])
        to.rect({ x: x + 6 + back, y: y + back - 1, width: 16, height: 10 }, { fill: ink.paper, stroke: ink.soft, radius: 2 });
    else drawMark(to, sign, x + 10, y, ink.soft);
    to.text(x + 38, y + 10, text, { size: 12, fill: ink.soft });
    if (widthOf(text, 12) > COLUMN - 44) throw new Error(`the legend has no room for: ${text}`);
  }
  return rows * ROW;
};
