import type { File, Graph } from "./graph.ts";
import { lineOf } from "./source.ts";
import type { Violation } from "./violation.ts";

/** The one file of the services that may start processes: it asks each time whether it is allowed to. */
const gate = "services/providers/local/machine/launch.ts";
/** Modules that start processes or load such a module by a computed name. */
const modules = /^(?:node:)?(?:child_process|cluster|module)$/;
const loaders = /(?<![.\w$])require\s*\(|\bgetBuiltinModule\b|\bprocess\s*\??\.\s*(?:binding|dlopen)\b/g;
const instead = `Only ${gate} starts processes in a service.`;

/** Files of services that may start a process beside the gate. */
export const processViolations = (graph: Graph): readonly Violation[] =>
  [...graph.values()].filter(({ path }) => path.startsWith("services/")).flatMap(violations);

const violations = ({ path, code, imports }: File): readonly Violation[] => {
  const imported = imports.filter(({ specifier }) => modules.test(specifier) && !(path === gate && specifier === "node:child_process"));
  const found = [
    ...imported.map(({ line, specifier }) => ({ line, to: specifier })),
    ...[...code.matchAll(loaders)].map(({ 0: to, index }) => ({ line: lineOf(code, index), to })),
  ];
  return found.map(({ line, to }) => ({ rule: "processes", from: path, line, to, text: `${to} may start a process. ${instead}` }));
};
