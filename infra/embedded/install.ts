export type { Report } from "./installing.ts";
export { installKafka } from "./kafka-install.ts";
export { compileStore, installStore, type StoreForm } from "./store-install.ts";
