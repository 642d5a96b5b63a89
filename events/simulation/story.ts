import { lineOf, type Step } from "./journal.ts";

const LONGEST = 120;

/** The history of a stream in the order of virtual time: commits, publications, deliveries, and the faults of processes meanwhile. */
export const storyOf = (steps: readonly Step[], stream: string): string => {
  const own = new RegExp(`${stream.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(@|\\b)(?![\\w-])`);
  const related = steps.filter(
    ({ who, what, about }) => about.includes(stream) || own.test(what) || who === "world" || /^(starts|crashes|stands|is asked)/.test(what),
  );
  const lines = related.map((step) => shortened(lineOf(step), stream));
  const left = lines.length - LONGEST;
  return (left > 0 ? [...lines.slice(0, 40), `  ... ${left} more steps ...`, ...lines.slice(40 + left)] : lines).join("\n");
};

/** Shortens a long line: of its event ids only those of the stream remain. */
const shortened = (line: string, stream: string): string => {
  if (line.length < 180) return line;
  const words = line.split(" ");
  const shown = words.filter((word) => !/^\w+\/[^@\s]+@\d+$/.test(word) || word.startsWith(`${stream}@`));
  return `${shown.join(" ").slice(0, 300)}${shown.length < words.length ? ` (and ${words.length - shown.length} others)` : ""}`;
};
