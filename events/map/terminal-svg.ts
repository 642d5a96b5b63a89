import { escaped } from "./canvas.ts";

const SIZE = 13;
const LINE = 19;
/** The width of a letter in a monospaced font of this size. */
const WIDTH = 7.83;
const PAD = 18;
const BAR = 34;

const colours: { readonly [code: string]: string } = {
  ...{ 2: "#8b949e", 31: "#ff7b72", 32: "#56d364", 33: "#e3b341", 34: "#79c0ff", 35: "#d2a8ff", 36: "#76e3ea" },
};

type Piece = { readonly text: string; readonly fill: string; readonly bold: boolean };

/** What stays on a terminal of a line: a carriage return begins it anew. */
const shownOf = (line: string): string => line.slice(line.lastIndexOf("\r") + 1).replaceAll("\u001b[K", "");

const piecesOf = (line: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let [fill, bold] = ["#e6edf3", false];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes of a terminal.
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is a code of a terminal.
    const [, code] = /^\u001b\[(\d+)m$/.exec(part) ?? [];
    if (code === undefined) {
      if (part !== "") pieces.push({ text: part, fill, bold });
    } else if (code === "0") [fill, bold] = ["#e6edf3", false];
    else if (code === "1") bold = true;
    else fill = colours[code] ?? fill;
  }
  return pieces;
};

/** Output of a terminal as a picture, with its colours. */
export const terminalSvg = (title: string, output: string): string => {
  const lines = output.trimEnd().split("\n").map(shownOf).map(piecesOf);
  const columns = Math.max(60, ...lines.map((pieces) => pieces.reduce((sum, { text }) => sum + text.length, 0)));
  const [width, height] = [Math.ceil(columns * WIDTH) + 2 * PAD, lines.length * LINE + BAR + 2 * PAD];
  const rows = lines.map((pieces, index) => {
    const spans = pieces.map(({ text, fill, bold }) => `<tspan fill="${fill}"${bold ? ' font-weight="600"' : ""}>${escaped(text)}</tspan>`);
    return `<text x="${PAD}" y="${BAR + PAD + index * LINE + SIZE}" xml:space="preserve">${spans.join("")}</text>`;
  });
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, index) => `<circle cx="${PAD + 4 + index * 18}" cy="17" r="5.5" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-size="${SIZE}"` +
      ` font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>`,
    ...dots,
    `<text x="${width / 2}" y="21" text-anchor="middle" fill="#8b949e">${escaped(title)}</text>`,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
};
