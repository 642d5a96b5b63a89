import { type Paint, plain, table } from "./output.ts";
import type { WhatIf } from "./what-if.ts";

/** Whether the other build would do anything in another way. */
export const hasDifferences = ({ compared, onlyHere, onlyThere, unreadable }: WhatIf): boolean =>
  compared.some(({ differ }) => differ > 0) || onlyHere.length + onlyThere.length + unreadable.length > 0;

const list = (what: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [`${what}: ${names.map(plain).join(", ")}`];

/** What would be different, with examples, and what nobody can tell. */
export const whatIfText = (found: WhatIf, paint: Paint): string => {
  const { events, compared, onlyHere, onlyThere, unreadable, undecidable } = found;
  const kinds = ["read model", "state", "reaction", "decision"] as const;
  const sums = kinds.map((what) => {
    const of = compared.filter((each) => each.what === what);
    const sum = (field: "compared" | "differ"): number => of.reduce((all, each) => all + each[field], 0);
    return [
      { "read model": "documents", state: "states", reaction: "reactions", decision: "decisions" }[what],
      sum("compared"),
      sum("differ"),
    ];
  });
  const odd = compared.filter(({ differ }) => differ > 0);
  const rows = odd.flatMap(({ what, service, name, examples }) =>
    examples.map(({ id, event, here, there }) => [what, `${service}/${name}`, id, event || "-", here || "-", there || "-"]),
  );
  const more = odd.reduce((sum, { differ, examples }) => sum + differ - examples.length, 0);
  const examples = [
    table(["WHAT", "OF", "WHICH", "SINCE EVENT", "HERE", "THERE"], rows, paint),
    ...(more > 0 ? [`… and ${more} more (each part shows its first)`] : []),
  ];
  const left = Object.entries(undecidable).map(([by, count]) => `${count} ${by}`);
  return [
    hasDifferences(found)
      ? `${paint("red", "different")}  of ${events} events:`
      : `${paint("green", "equal")}  ${events} events make the same in both builds.`,
    table(["", "COMPARED", "DIFFER"], sums, paint),
    ...(rows.length === 0 ? [] : ["", ...examples]),
    ...list("Only in this build", onlyHere),
    ...list("Only in the other build", onlyThere),
    ...list("The other build cannot read", unreadable),
    ...(left.length === 0 ? [] : [`Not decided again, since the log does not tell what was asked or answered: ${left.join(", ")}.`]),
    "Nothing was written.",
  ].join("\n");
};
