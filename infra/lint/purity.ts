import type { File, Graph } from "./graph.ts";
import { impure, outside, pureFiles, pureModules } from "./impure.ts";
import { type Import, lineOf } from "./source.ts";
import type { Violation } from "./violation.ts";

/** Uses of clock, randomness, process and I/O in pure files and in the files they import values from. */
export const purityViolations = (graph: Graph): readonly Violation[] => {
  const chains = chainsFrom(
    graph,
    [...graph.keys()].filter((path) => pureFiles.test(path)),
  );
  return [...chains].flatMap(([path, chain]) => {
    const file = graph.get(path);
    const reason = chain.length > 1 ? `a pure file imports values of this file (${chain.join(" -> ")})` : "this file is pure";
    return (file ? findingsOf(file) : []).map(({ line, to, instead }) => ({
      ...{ rule: "purity" as const, from: path, line, to },
      text: `${to} is not pure, and ${reason}. ${instead}`,
    }));
  });
};

/** All files that the roots load, each with the shortest chain of imports from a root. */
const chainsFrom = (graph: Graph, roots: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const chains = new Map<string, readonly string[]>(roots.map((root) => [root, [root]]));
  for (const [path, chain] of chains)
    for (const { kind, to } of graph.get(path)?.edges ?? [])
      if (kind === "value" && graph.has(to) && !chains.has(to)) chains.set(to, [...chain, to]);
  return chains;
};

type Finding = { readonly line: number; readonly to: string; readonly instead: string };
const findingsOf = ({ code, imports }: File): readonly Finding[] => [
  ...imports.flatMap(importFindings),
  ...impure.flatMap(({ code: pattern, instead }) =>
    [...code.matchAll(pattern)].map(({ 0: match, index }) => ({ line: lineOf(code, index), to: match.replaceAll(/\s+/g, " "), instead })),
  ),
];

const importFindings = ({ kind, specifier, names, line }: Import): readonly Finding[] => {
  if (kind === "type" || (kind === "dynamic" && specifier === outside)) return [];
  if (kind === "dynamic") return [{ line, to: `import("${specifier}")`, instead: "Import it at the top of the file." }];
  if (specifier.startsWith("."))
    return specifier.endsWith(".ts")
      ? []
      : [{ line, to: specifier, instead: "Only TypeScript files are checked: take it as an argument." }];
  const allowed = pureModules[specifier] ?? [];
  const others = allowed.includes("*") ? [] : names.filter((name) => !allowed.includes(name));
  const instead = "Take it as an argument; a module that does no I/O is added to infra/lint/impure.ts.";
  return others.map((name) => ({ line, to: `${name} of ${specifier}`, instead }));
};
