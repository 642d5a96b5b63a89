export * from "./causation.ts";
export { causationSvg } from "./causation-svg.ts";
export { causationText, duration } from "./causation-text.ts";
export { documentsOf } from "./documents.ts";
export { type Choreography, graphOf } from "./graph.ts";
export * from "./observed.ts";
export { svg } from "./svg.ts";
export { terminalSvg } from "./terminal-svg.ts";
