import type { File, Graph } from "./graph.ts";
import { lineOf } from "./source.ts";
import type { Violation } from "./violation.ts";

/** The files of the services that may start processes: one asks each time whether it is allowed to, the other starts helm. */
const gates = ["services/providers/local/machine/launch.ts", "services/providers/kubernetes/helm.ts"];
/** The file that runs the platform's own scripts as workers: `fork` starts nothing but Node. */
const workers = "services/chassis/process/workers.ts";
/** Modules that start processes or load such a module by a computed name. */
const modules = /^(?:node:)?(?:child_process|cluster|module)$/;
const loaders = /(?<![.\w$])require\s*\(|\bgetBuiltinModule\b|\bprocess\s*\??\.\s*(?:binding|dlopen)\b/g;
const allowed = new Set(["ChildProcess", "fork"]);
const instead = `Only ${gates.join(" and ")} start processes in a service.`;

/** Files of services that may start a process beside the gate. */
export const processViolations = (graph: Graph): readonly Violation[] =>
  [...graph.values()].filter(({ path }) => path.startsWith("services/")).flatMap(violations);

const violations = ({ path, code, imports }: File): readonly Violation[] => {
  const mayImport = ({ specifier, names }: File["imports"][number]): boolean =>
    specifier === "node:child_process" && (gates.includes(path) || (path === workers && names.every((name) => allowed.has(name))));
  const imported = imports.filter((each) => modules.test(each.specifier) && !mayImport(each));
  const found = [
    ...imported.map(({ line, specifier }) => ({ line, to: specifier })),
    ...[...code.matchAll(loaders)].map(({ 0: to, index }) => ({ line: lineOf(code, index), to })),
  ];
  return found.map(({ line, to }) => ({ rule: "processes", from: path, line, to, text: `${to} may start a process. ${instead}` }));
};
