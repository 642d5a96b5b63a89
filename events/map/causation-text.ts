import type { CausationNode, CausationTree, CauseKind } from "./causation.ts";

export type TextOptions = { /** Escape codes, for a terminal only. */ readonly colour?: boolean };
type Paint = (text: string, code: number) => string;
type Row = { readonly branch: string; readonly node: CausationNode };

/** The tree as text for a terminal or a log: each event with its service, time and cause. */
export const causationText = (tree: CausationTree, { colour = false }: TextOptions = {}): string => {
  const paint: Paint = (text, code) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const rows = tree.roots.flatMap((root) => rowsOf(root, "", ""));
  const width = (of: (row: Row) => string) => Math.max(0, ...rows.map((row) => of(row).length));
  const [names, services, times] = [width(nameOf), width(({ node }) => node.service), width(({ node }) => spanOf(node))];
  const lines = rows.map((row) => {
    const { branch, node } = row;
    const name = paint(branch, 2) + paint(titleOf(node), bold(node)) + " ".repeat(names - nameOf(row).length);
    const service = paint(node.service, hue(tree.services.indexOf(node.service))) + " ".repeat(services - node.service.length);
    return `${name}  ${service}  ${paint(spanOf(node).padStart(times), 2)}  ${paint(reasonOf(node), 2)}`.trimEnd();
  });
  return [`${paint(headOf(tree), 1)}`, ...lines, ""].join("\n");
};

const headOf = ({ correlationId, events, services, took }: CausationTree): string =>
  `Request ${correlationId}: ${counted(events, "event")} in ${counted(services.length, "service")}, ${duration(took)}`;

const rowsOf = (node: CausationNode, branch: string, below: string): readonly Row[] => [
  { branch, node },
  ...node.effects.flatMap((effect, index) =>
    index < node.effects.length - 1 ? rowsOf(effect, `${below}├─ `, `${below}│  `) : rowsOf(effect, `${below}└─ `, `${below}   `),
  ),
];

export const titleOf = ({ type, occurrences }: CausationNode): string => (occurrences.length > 1 ? `${type} ×${occurrences.length}` : type);
const nameOf = ({ branch, node }: Row): string => branch + titleOf(node);

/** The time since the first event of the tree; for a folded node, a range of times. */
export const spanOf = ({ first, last }: CausationNode): string =>
  duration(first) === duration(last)
    ? duration(first)
    : first < 1_000 && last < 1_000
      ? `${first}-${duration(last)}`
      : `${duration(first)}-${duration(last)}`;

export const duration = (milliseconds: number): string => {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
  return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1_000)} s`;
};

/** Why the event occurred. Only a request names its row: the line above a reaction shows its event. A single event also shows its id. */
const reasonOf = ({ because, row, occurrences }: CausationNode): string => {
  const [one] = occurrences;
  const where = occurrences.length === 1 && one ? `  ${one.eventId}` : "";
  return `${reasons[because](row).padEnd(8)}${where}`;
};
const reasons: { readonly [B in CauseKind]: (row: string) => string } = {
  request: (row) => row,
  reaction: () => "reaction",
  effect: () => "effect",
  timer: () => "timer",
};

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? "" : "s"}`;
const bold = ({ type }: CausationNode): number => (/Failed|Refused|Rejected/.test(type) ? 31 : 1);
const hue = (index: number): number => [36, 33, 32, 35, 34, 31][index % 6] ?? 39;
