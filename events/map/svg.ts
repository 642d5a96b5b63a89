import type { Picture } from "./canvas.ts";
import { closeUp } from "./close-up.ts";
import type { Choreography } from "./graph.ts";
import { overview } from "./overview.ts";

/** A picture of the whole choreography, or of one service in detail. */
export const pictureOf = (graph: Choreography, { only }: { readonly only?: string } = {}): Picture =>
  only === undefined ? overview(graph) : closeUp(graph, only);

export const svg = (graph: Choreography, options: { readonly only?: string } = {}): string => pictureOf(graph, options).svg;
