import { circleViolations } from "./circles.ts";
import { graphOf } from "./graph.ts";
import { layerViolations } from "./layers.ts";
import { processViolations } from "./processes.ts";
import { purityViolations } from "./purity.ts";
import { type Exception, isSame } from "./violation.ts";

/** One line for each violation in the files (text by path), and for each exception that is no longer needed. */
export const checkImports = (texts: ReadonlyMap<string, string>, exceptions: readonly Exception[]): readonly string[] => {
  const graph = graphOf(texts);
  const upward = layerViolations(graph);
  const edges = [...graph.values()].flatMap((file) => file.edges);
  const downward = edges.filter(({ from, to }) => !upward.some((violation) => violation.from === from && violation.to === to));
  const violations = [...upward, ...circleViolations(downward, exceptions), ...purityViolations(graph), ...processViolations(graph)];
  return [
    ...violations
      .filter((violation) => !exceptions.some((exception) => isSame(exception, violation)))
      .map(({ from, line, text }) => `${from}:${line}: ${text}`),
    ...exceptions
      .filter((exception) => !violations.some((violation) => isSame(exception, violation)))
      .map(
        ({ rule, from, to }) => `infra/lint/exceptions.ts: ${from} no longer breaks the rule of ${rule} with ${to}: remove the exception.`,
      ),
  ];
};
