import type { Contract } from "../contract.ts";
import type { Choreography } from "./graph.ts";
import { mermaid } from "./mermaid.ts";
import { svg } from "./svg.ts";
import { type Meaning, table } from "./table.ts";

/** All files that are generated from the map, by path below the documents folder. */
export const documentsOf = (graph: Choreography, contract: Contract): ReadonlyMap<string, string> =>
  new Map([
    ["map.svg", svg(graph)],
    ["map.mmd", mermaid(graph)],
    ["choreography.md", table(graph, meaningIn(contract))],
    ...graph.nodes.map(({ name }) => [`map/${name}.svg`, svg(graph, { only: name })] as const),
  ]);

/** The `doc` of an event's newest schema. */
const meaningIn =
  ({ schemas }: Contract): Meaning =>
  (aggregate, event) => {
    const newest = schemas.findLast((each) => each.aggregate === aggregate && each.event === event);
    const doc: unknown = newest && Reflect.get(newest.schema, "doc");
    return typeof doc === "string" ? doc : undefined;
  };
