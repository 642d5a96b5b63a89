import { bundled } from "./bundles.ts";
import type { Choreography } from "./graph.ts";

/** The whole choreography as a Mermaid flowchart: an arrow between two services lists the events that cause reactions, and the read models. */
export const mermaid = (graph: Choreography): string => {
  const { suites, bundles, common } = bundled(graph);
  const id = (name: string): string => name.replace(/\W/g, "_");
  return [
    "flowchart LR",
    ...suites.map(
      ({ name, nodes }) => `  ${id(name)}["<b>${nodes.map((node) => node.name).join("<br>")}</b><br>${aggregatesIn(nodes).join(", ")}"]`,
    ),
    ...bundles.map(({ from, to, reactions, reads }) => {
      const lines = [...reactions.map(({ event }) => event), ...reads.map(({ model, events }) => `${events.length} → ${model}`)];
      return `  ${id(from)} ${reactions.length > 0 ? "-->" : "-.->"}|"${lines.join("<br>")}"| ${id(to)}`;
    }),
    ...(common.length > 0 ? ['  everybody(["every service"])'] : []),
    ...common.map(({ from, model, events }) => `  ${id(from)} -.->|"${events.length} → ${model}"| everybody`),
    "",
  ].join("\n");
};

const aggregatesIn = (nodes: Choreography["nodes"]): readonly string[] =>
  nodes.flatMap(({ aggregates }) => aggregates.map(({ name }) => name));
