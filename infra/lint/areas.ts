/**
 * A part of the tree. A file belongs to the first area of its table that matches its path. The file may import files for which the area's
 * pattern matches the same text (each service matches different text), files of the areas in `imports`, and files that those areas may import.
 */
export type Area = {
  readonly name: string;
  readonly files: RegExp;
  readonly imports: readonly string[];
  /** What to do instead of an import that is not allowed. */
  readonly instead: string;
};

const tree: readonly Area[] = [
  { name: "schemas", files: /^schemas\//, imports: [], instead: "The contract imports nothing." },
  {
    name: "events",
    files: /^events\//,
    imports: [],
    instead: "The backbone is a library: take what belongs to a service as an argument or as a type parameter.",
  },
  {
    name: "chassis",
    files: /^services\/chassis\//,
    imports: ["events", "schemas"],
    instead: "The chassis knows no service: take it as an argument.",
  },
  {
    name: "packages",
    files: /^services\/packages\//,
    imports: [],
    instead: "The package formats stand alone: take it as an argument, or move it here.",
  },
  {
    name: "provider kit",
    files: /^services\/providers\/(?:deployment|kit)\//,
    imports: ["chassis", "packages"],
    instead: "The kit knows no provider and no service: take it as an argument.",
  },
  {
    name: "provider",
    files: /^services\/providers\/[^/]+\//,
    imports: ["provider kit"],
    instead: "A provider knows no other provider and no service: react to its events, or move the code to the provider kit.",
  },
  {
    name: "command",
    files: /^services\/cli\//,
    imports: ["composition root"],
    instead: "The command knows no infrastructure: read what `make up` writes.",
  },
  {
    name: "composition root",
    files: /^services\/(?=[^/]+$)/,
    imports: ["service", "provider"],
    instead: "A process depends on services only, not on their installation or tests.",
  },
  {
    name: "service",
    files: /^services\/[^/]+\//,
    imports: ["chassis", "packages"],
    instead: "A service knows no other service: react to its events, and keep a read model of your own.",
  },
  { name: "infra", files: /^infra\//, imports: ["command"], instead: "Move what tests share with infra/ to infra/." },
  { name: "tests", files: /^tests\//, imports: ["infra"], instead: "" },
];

const chassis: readonly Area[] = [
  { name: "the platform's events", files: /^services\/chassis\/(?=(?:events|contract)\.ts$)/, imports: [] },
  { name: "chassis/process", files: /^services\/chassis\/process\//, imports: ["the platform's events"] },
  { name: "chassis/access", files: /^services\/chassis\/access\//, imports: ["chassis/process"] },
  { name: "chassis/http", files: /^services\/chassis\/http\//, imports: ["chassis/access"] },
  { name: "chassis/operator", files: /^services\/chassis\/operator\//, imports: ["chassis/http"] },
  { name: "the root of chassis", files: /^services\/chassis\/(?=[^/]+$)/, imports: ["chassis/operator"] },
].map((layer) => ({ ...layer, instead: "Take it as an argument, or move it to the lower layer." }));

const backbone: readonly Area[] = [
  { name: "the surface of events", files: /^events\/(?=(?:testing|runtime)\.ts$)/, imports: ["simulation", "map", "adapters", "replay"] },
  { name: "simulation", files: /^events\/simulation\//, imports: ["run", "memory"] },
  { name: "run", files: /^events\/(?=run\.ts$)/, imports: ["effects", "replay"] },
  { name: "replay", files: /^events\/replay\//, imports: ["subscription"] },
  { name: "effects", files: /^events\/effects\//, imports: ["store"] },
  { name: "subscription", files: /^events\/subscription\//, imports: ["store"] },
  { name: "store", files: /^events\/store\//, imports: ["log"] },
  { name: "map", files: /^events\/map\//, imports: ["log"] },
  { name: "adapters", files: /^events\/(?:kafka|mongo)\//, imports: ["log"] },
  { name: "memory", files: /^events\/memory\//, imports: ["log"] },
  { name: "log", files: /^events\/log\//, imports: ["codec"] },
  { name: "codec", files: /^events\/codec\//, imports: ["shapes"] },
  { name: "shapes", files: /^events\/(?=[^/]+$)/, imports: [] },
].map((layer) => ({ ...layer, instead: "Take it as an argument, or move it to the lower layer." }));

export const layers: readonly (readonly Area[])[] = [tree, chassis, backbone];

/** The entry files of the library. Services and infra import only these; tests may import all files. */
export const library = {
  files: /^events\//,
  entries: /^events\/(?:(?:kafka|mongo|map)\/index|index|runtime)\.ts$/,
  users: /^(?:services|infra)\//,
  instead: "Import it from events/index.ts, events/runtime.ts or the index.ts of an adapter or of the map; add it there.",
};
