import type { Picture } from "./canvas.ts";
import { closeUp } from "./close-up.ts";
import type { Choreography } from "./graph.ts";
import { type Note, overview } from "./overview.ts";

type Options = { readonly only?: string /** What to say of reactions, in the picture of the whole. */; readonly note?: Note };

/** A picture of the whole choreography, or of one service in detail. */
export const pictureOf = (graph: Choreography, { only, note }: Options = {}): Picture =>
  only === undefined ? overview(graph, note) : closeUp(graph, only);

export const svg = (graph: Choreography, options: Options = {}): string => pictureOf(graph, options).svg;
