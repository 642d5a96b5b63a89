/** A rectangle of a picture, in pixels from its upper left corner. */
export type Rect = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type Picture = {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** The places of the texts, measured in a wide font. */
  readonly texts: readonly (Rect & { readonly text: string })[];
  /** Services, labels and other blocks that must not overlap. */
  readonly blocks: readonly (Rect & { readonly name: string })[];
};
export type TextStyle = {
  readonly size?: number;
  readonly bold?: boolean;
  readonly italic?: boolean;
  readonly fill?: string;
  readonly anchor?: "start" | "middle" | "end";
};
export type ShapeStyle = {
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly radius?: number;
  readonly dashed?: boolean;
  /** Colour of the arrow head at the end of a path. */
  readonly head?: string;
};

export const ink = { text: "#1f2933", soft: "#52606d", faint: "#9aa5b1", line: "#cbd2d9", paper: "#ffffff", ground: "#f7f6f2" } as const;

/** Colours of the services: easy to distinguish, and dark enough for white text. */
export const hues = ["#2f6db5", "#b4532a", "#2c7a4b", "#7a4fa3", "#a8324a", "#00707c", "#856404", "#4a5568", "#94386f"] as const;
export const hueOf = (index: number): string => hues[index % hues.length] ?? ink.text;

/** Collects shapes and texts, back to front, and records their places. */
export const canvas = () => {
  const shapes: string[] = [];
  const texts: (Rect & { readonly text: string })[] = [];
  const blocks: (Rect & { readonly name: string })[] = [];
  const heads = new Set<string>();
  return {
    rect: ({ x, y, width, height }: Rect, style: ShapeStyle = {}): void => {
      shapes.push(
        `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"${style.radius ? ` rx="${n(style.radius)}"` : ""}${painted(style)}/>`,
      );
    },
    circle: (x: number, y: number, radius: number, style: ShapeStyle = {}): void => {
      shapes.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}"${painted(style)}/>`);
    },
    path: (d: string, style: ShapeStyle = {}): void => {
      if (style.head) heads.add(style.head);
      shapes.push(`<path d="${d}"${painted({ fill: "none", ...style })}${style.head ? ` marker-end="url(#${idOf(style.head)})"` : ""}/>`);
    },
    /** `y` is the base line. */
    text: (x: number, y: number, text: string, { size = 12, bold, italic, fill = ink.text, anchor = "start" }: TextStyle = {}): void => {
      const width = widthOf(text, size, bold);
      const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
      texts.push({ x: left, y: y - 0.76 * size, width, height: size, text });
      shapes.push(
        `<text x="${n(x)}" y="${n(y)}" font-size="${size}" fill="${fill}"${bold ? ' font-weight="600"' : ""}${italic ? ' font-style="italic"' : ""}` +
          `${anchor === "start" ? "" : ` text-anchor="${anchor}"`}>${escaped(text)}</text>`,
      );
    },
    block: (name: string, rect: Rect): void => void blocks.push({ ...rect, name }),
    finish: (width: number, height: number, title: string): Picture => ({
      svg: [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${n(height)}" width="${n(width)}" height="${n(height)}" role="img"` +
          ` font-family="Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif">`,
        `<title>${escaped(title)}</title>`,
        "<defs>",
        ...[...heads].map(
          (colour) =>
            `<marker id="${idOf(colour)}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse"` +
            ` orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="${colour}"/></marker>`,
        ),
        "</defs>",
        `<rect width="${n(width)}" height="${n(height)}" rx="14" fill="${ink.ground}"/>`,
        ...shapes,
        "</svg>",
        "",
      ].join("\n"),
      width,
      height,
      texts,
      blocks,
    }),
  };
};
export type Canvas = ReturnType<typeof canvas>;

/** Width of a text in DejaVu Sans, which is wider than most fonts. */
export const widthOf = (text: string, size: number, bold = false): number =>
  [...text].reduce((sum, letter) => sum + (advance.get(letter) ?? (letter >= "A" && letter <= "Z" ? 0.7 : 0.636)), 0) *
  size *
  (bold ? 1.12 : 1);

const advance = new Map(
  Object.entries({
    "ijlIJ|'": 0.3,
    " .,:;": 0.33,
    "ft-()[]/": 0.4,
    r: 0.42,
    sczkvxy: 0.59,
    m: 0.98,
    w: 0.82,
    MW: 0.99,
    "→←×≈+": 0.84,
  }).flatMap(([letters, width]) => [...letters].map((letter) => [letter, width] as const)),
);

/** Breaks a list of words into lines of at most this width. */
export const wrapped = (words: readonly string[], width: number, size: number, separator = ", "): readonly string[] => {
  const lines: string[] = [];
  let line = "";
  for (const [index, word] of words.entries()) {
    const next = word + (index < words.length - 1 ? separator.trimEnd() : "");
    if (line && widthOf(`${line} ${next}`, size) > width) {
      lines.push(line);
      line = next;
    } else line = line ? `${line} ${next}` : next;
  }
  return line ? [...lines, line] : lines;
};

const painted = ({ fill, stroke, width = 1, dashed }: ShapeStyle): string =>
  `${fill ? ` fill="${fill}"` : ""}${stroke ? ` stroke="${stroke}" stroke-width="${width}"` : ""}${dashed ? ' stroke-dasharray="5 4"' : ""}`;
const n = (value: number): string => String(Math.round(value * 10) / 10);
const idOf = (colour: string): string => `head-${colour.replace("#", "")}`;
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[each] ?? "&quot;");
