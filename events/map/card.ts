import { type Canvas, ink, type Rect, widthOf, wrapped } from "./canvas.ts";

/** The icon in front of a line: its source or its target. */
export type Mark = "http" | "effect" | "timer" | "signal" | "self" | "model" | "reaction";

export type Line =
  | { readonly heading: string }
  | { readonly text: string; readonly mark?: Mark; readonly bold?: boolean; readonly soft?: boolean; readonly indent?: number };

/** A block with a coloured title and lines of text. */
export type Card = {
  readonly titles: readonly string[];
  readonly colour: string;
  readonly lines: readonly Line[];
  /** How many equal cards are drawn beneath this one. */
  readonly under?: number;
};

const SIZE = 12;
const LINE = 16;
const TITLE = 20;
const PAD = 10;
const MARK = 18;

export const cardHeight = ({ titles, lines }: Card): number =>
  titles.length * TITLE + 8 + (lines.length === 0 ? 0 : lines.reduce((sum, line) => sum + heightOf(line), PAD + 4));

const heightOf = (line: Line): number => ("heading" in line ? 18 : LINE);

/** The width of the widest line, at least `least`. */
export const cardWidth = ({ titles, lines }: Card, least: number): number =>
  Math.max(
    least,
    ...titles.map((title) => widthOf(title, 14, true) + 2 * PAD),
    ...lines.map((line) =>
      "heading" in line
        ? widthOf(line.heading, 10) + 2 * PAD
        : widthOf(line.text, SIZE, line.bold) + 2 * PAD + (line.mark || line.indent ? MARK : 0),
    ),
  );

/** A list as wrapped lines; only the first has a mark. */
export const list = (words: readonly string[], width: number, style: Omit<Extract<Line, { text: string }>, "text"> = {}): readonly Line[] =>
  wrapped(words, width - 2 * PAD - (style.mark || style.indent ? MARK : 0), SIZE).map((text, index) => {
    const { mark, ...rest } = style;
    return index === 0 ? { ...style, text } : { ...rest, text, ...(mark && { indent: 1 }) };
  });

export const drawCard = (to: Canvas, { titles, colour, lines, under = 0 }: Card, place: Rect): void => {
  const { x, y, width, height } = place;
  for (let back = Math.min(under, 3); back > 0; back--)
    to.rect({ x: x + 4 * back, y: y + 4 * back, width, height }, { fill: ink.paper, stroke: colour, radius: 8 });
  to.rect(place, { fill: ink.paper, stroke: colour, width: 1.5, radius: 8 });
  const head = titles.length * TITLE + 8;
  to.path(`M${x} ${y + head} V${y + 8} a8 8 0 0 1 8 -8 H${x + width - 8} a8 8 0 0 1 8 8 V${y + head} Z`, { fill: colour });
  for (const [index, title] of titles.entries()) to.text(x + PAD, y + 19 + index * TITLE, title, { size: 14, bold: true, fill: ink.paper });
  let line = y + head + PAD / 2;
  for (const each of lines) {
    line += heightOf(each);
    if ("heading" in each) {
      to.text(x + PAD, line - 4, each.heading, { size: 10, fill: ink.soft });
      continue;
    }
    const indent = each.mark || each.indent ? MARK : 0;
    if (each.mark) drawMark(to, each.mark, x + PAD, line - 13, colour);
    to.text(x + PAD + indent, line - 3, each.text, {
      size: SIZE,
      ...(each.bold && { bold: true }),
      fill: each.soft ? ink.soft : ink.text,
    });
  }
};

/** Draws an icon of twelve by twelve pixels. */
export const drawMark = (to: Canvas, mark: Mark, x: number, y: number, colour: string): void => {
  const at = (points: string) =>
    points.replace(/(-?[\d.]+),(-?[\d.]+)/g, (_, dx: string, dy: string) => `${x + Number(dx)} ${y + Number(dy)}`);
  const line = { stroke: colour, width: 1.4 };
  switch (mark) {
    case "http":
      to.circle(x + 4, y + 3, 2.2, { fill: colour });
      to.path(at("M0,11 C0,6 8,6 8,11 Z"), { fill: colour });
      return;
    case "effect":
      to.path(at("M7,0 L1,7 L5,7 L4,12 L11,4 L6.5,4 Z"), { fill: colour });
      return;
    case "timer":
      to.circle(x + 6, y + 6, 5, { fill: "none", ...line });
      to.path(at("M6,3 L6,6 L8.5,7.5"), line);
      return;
    case "signal":
      to.circle(x + 2, y + 6, 1.8, { fill: colour });
      to.path(at("M5,2.5 Q8,6 5,9.5 M8,0.5 Q12,6 8,11.5"), line);
      return;
    case "self":
      to.path(at("M2,8 C-1,1 10,-2 11,5 L8.4,4 M11,5 L12,2"), line);
      return;
    case "model":
      to.rect({ x: x + 1, y: y + 1, width: 9, height: 10 }, { fill: ink.paper, stroke: colour, width: 1.2, radius: 1.5 });
      to.path(at("M3,4 L8,4 M3,6.5 L8,6.5 M3,9 L6,9"), { stroke: colour, width: 1 });
      return;
    case "reaction":
      to.path(at("M0,6 L10,6 M6,2.5 L10,6 L6,9.5"), line);
      return;
  }
};
