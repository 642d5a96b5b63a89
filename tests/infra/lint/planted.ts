/** Sources by path; a title shows the first. */
export type Files = { readonly [path: string]: string };
type Planted = readonly [rule: RegExp, files: Files];

const imports = (path: string, target: string): Files => ({ [path]: `import { a } from "${target}";` });
const types = (path: string, target: string): Files => ({ [path]: `import type { A } from "${target}";` });

const upward: readonly Planted[] = [
  [/The contract imports nothing/, { "schemas/generated/x.ts": 'export { a } from "../../events/a.ts";' }],
  [/The backbone is a library/, imports("events/log/x.ts", "../../services/app/a.ts")],
  [/The backbone is a library/, { "events/x.ts": 'export * from "../services/app/a.ts";' }],
  [/The backbone is a library/, { "events/x.ts": 'export const a = await import("../infra/a.ts");' }],
  [/The backbone is a library/, types("events/x.ts", "../schemas/generated/events.ts")],
  [/The chassis knows no service/, { "services/chassis/http/x.ts": 'export type { A } from "../../cluster/a.ts";' }],
  [/The chassis knows no service/, { "services/chassis/x.ts": 'import "../packages/a.ts";' }],
  [/stand alone/, imports("services/packages/x.ts", "../chassis/a.ts")],
  [/The kit knows no provider/, imports("services/providers/kit/x.ts", "../local/a.ts")],
  [/knows no other provider/, imports("services/providers/aws/x.ts", "../local/a.ts")],
  [/knows no other provider/, types("services/providers/aws/x.ts", "../../cluster/domain.ts")],
  [/knows no infrastructure/, imports("services/cli/x.ts", "../../infra/embedded/a.ts")],
  [/not on their installation/, { "services/main.ts": 'export const a = () => import("../infra/a.ts");' }],
  [/A service knows no other service/, types("services/app/domain/x.ts", "../../repo/domain.ts")],
  [/A service knows no other service/, { "services/app/x.ts": 'type A = typeof import("../repo/a.ts");' }],
  [/A service knows no other service/, imports("services/cluster/x.ts", "../providers/local/a.ts")],
  [/A service knows no other service/, imports("services/app/x.ts", "../index.ts")],
  [/A service knows no other service/, imports("services/app/x.ts", "../../tests/spec.ts")],
  [/Move what tests share/, imports("infra/x.ts", "../tests/a.ts")],
  [/internal to the library/, imports("services/app/x.ts", "../../events/ports.ts")],
  [/internal to the library/, types("infra/x.ts", "../events/kafka/log.ts")],
  [/internal to the library/, imports("services/chassis/x.ts", "../../events/testing.ts")],
  [/the imported path is computed/, { "services/app/x.ts": "export const a = (name: string) => import(name);" }],
  [/lower layer/, imports("services/chassis/process/x.ts", "../access/a.ts")],
  [/lower layer/, types("services/chassis/access/x.ts", "../http/a.ts")],
  [/lower layer/, types("services/chassis/http/x.ts", "../run.ts")],
  [/lower layer/, types("events/message.ts", "./log/a.ts")],
  [/lower layer/, imports("events/codec/x.ts", "../log/a.ts")],
  [/lower layer/, imports("events/log/x.ts", "../store/a.ts")],
  [/lower layer/, types("events/store/x.ts", "../subscription/a.ts")],
  [/lower layer/, types("events/subscription/x.ts", "../effects/a.ts")],
  [/lower layer/, types("events/effects/x.ts", "../run.ts")],
  [/lower layer/, imports("events/replay/x.ts", "../effects/a.ts")],
  [/lower layer/, imports("events/memory/x.ts", "../mongo/a.ts")],
  [/lower layer/, imports("events/kafka/x.ts", "../mongo/a.ts")],
  [/lower layer/, imports("events/run.ts", "./kafka/a.ts")],
  [/lower layer/, imports("events/map/x.ts", "../run.ts")],
  [/lower layer/, imports("events/simulation/x.ts", "../mongo/a.ts")],
];
const downward: readonly Files[] = [
  imports("services/app/x.ts", "./domain/y.ts"),
  imports("services/app/x.ts", "../packages/y.ts"),
  imports("services/app/x.ts", "../../schemas/generated/events.ts"),
  imports("services/providers/local/service.ts", "../kit/domain.ts"),
  imports("services/cli/x.ts", "../index.ts"),
  { "services/index.ts": 'export const services = { app: () => import("./app/service.ts") };' },
  imports("infra/x.ts", "../services/cli/a.ts"),
  imports("tests/x.ts", "../infra/a.ts"),
  { "tests/x.ts": "export const a = (name: string) => import(name);" },
  imports("services/chassis/http/x.ts", "../process/a.ts"),
  imports("events/simulation/x.ts", "../codec/a.ts"),
  imports("events/testing.ts", "./simulation/a.ts"),
  imports("services/chassis/process/x.ts", "../../../events/kafka/index.ts"),
  imports("tests/x.ts", "../events/store/execute.ts"),
  imports("events/x.ts", "./ports.ts"),
  { "services/app/x.ts": '// import { a } from "../repo/a.ts";\nexport const b = `import { a } from "../repo/a.ts";`;' },
];

const circles: readonly Planted[] = [
  [
    /a circle: services\/app\/a\.ts:1 imports services\/app\/b\.ts, services\/app\/b\.ts:2 imports services\/app\/a\.ts/,
    { ...types("services/app/a.ts", "./b.ts"), "services/app/b.ts": '\nexport type { A } from "./a.ts";' },
  ],
  [
    /a circle: events\/log\/a\.ts:1 imports events\/log\/b\.ts, events\/log\/b\.ts:1 imports events\/log\/c\.ts, events\/log\/c/,
    { ...imports("events/log/a.ts", "./b.ts"), ...imports("events/log/b.ts", "./c.ts"), ...types("events/log/c.ts", "./a.ts") },
  ],
  [
    /a circle: services\/app\/one\/a\.ts:1 imports services\/app\/other\/a\.ts, services\/app\/other\/b\.ts:1 imports/,
    { ...imports("services/app/one/a.ts", "../other/a.ts"), ...imports("services/app/other/b.ts", "../one/b.ts") },
  ],
  [/a circle: tests\/a\.ts/, { ...imports("tests/a.ts", "./b.ts"), ...types("tests/b.ts", "./a.ts") }],
];
const straight: readonly Files[] = [
  { ...imports("services/app/a.ts", "./b.ts"), ...imports("services/app/c.ts", "./b.ts"), ...imports("services/app/b.ts", "./d.ts") },
  { ...imports("services/app/a.ts", "./part/a.ts"), ...imports("services/app/part/a.ts", "../b.ts") },
  { ...imports("tests/one/a.ts", "../other/a.ts"), ...imports("tests/other/b.ts", "../one/b.ts") },
];

const domain = (source: string): Files => ({ "services/app/domain.ts": source });
const impure: readonly Planted[] = [
  [/domain\.ts:2: Date\.now is not pure, and this file is pure\. Take the time/, domain("\nexport const now = () => Date.now();")],
  [/now \} = Date is not pure/, domain("const { now } = Date;")],
  [/new Date is not pure/, { "services/packages/x.ts": "export const today = new Date();" }],
  [/Date\( is not pure/, domain("export const today = Date();")],
  [/performance is not pure/, domain("export const now = performance.now();")],
  [/Math\.random is not pure.* random value/, { "services/app/reactions.ts": "export const chance = () => Math.random();" }],
  [/crypto is not pure/, domain("export const id = crypto.randomUUID();")],
  [/setTimeout is not pure.* deadline as a port/, { "services/app/timers.ts": "export const soon = (f: () => void) => setTimeout(f, 1);" }],
  [/AbortSignal\.timeout is not pure/, { "services/app/http/x.ts": "export const signal = AbortSignal.timeout(1_000);" }],
  [/process is not pure.* the setting/, { "services/app/read-models/x.ts": "export const home = { ...process.env }.HOME;" }],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted source is a template.
  [/process is not pure/, domain("export const home = `at ${process.env.HOME}`;")],
  [/globalThis is not pure/, domain("export const a = globalThis.Date;")],
  [/import\.meta is not pure/, domain("export const here = import.meta.dirname;")],
  [/fetch is not pure.* the port/, { "services/cluster/http.ts": 'export const a = () => fetch("https://a");' }],
  [/console is not pure/, { "services/providers/local/plan.ts": 'console.log("a");' }],
  [/import\("\.\/a\.ts"\) is not pure/, { "services/app/http.ts": 'export const a = () => import("./a.ts");' }],
  [/import\("\.\/http\.ts"\) is not pure/, { "services/app/service.ts": 'export const app = { http: () => import("./http.ts") };' }],
  [/readFile of node:fs is not pure/, { "services/app/effects.ts": 'import { readFile } from "node:fs";' }],
  [/connect of node:net is not pure/, { "services/app/signals.ts": 'import { connect } from "node:net";' }],
  [/Date\.now is not pure/, { "services/app/seeds.ts": "export const seeds = [Date.now()];" }],
  [/readFile of node:fs is not pure/, domain('import { readFile } from "node:fs";')],
  [/randomBytes of node:crypto is not pure/, domain('import { createHash, randomBytes } from "node:crypto";')],
  [/\* of node:crypto is not pure/, domain('import * as all from "node:crypto";')],
  [/MongoClient of mongodb is not pure/, domain('import { MongoClient } from "mongodb";')],
  [/\.\/a\.json is not pure/, domain('import a from "./a.json";')],
  [
    /b\.ts:3: Date\.now is not pure, and a pure file imports values of this file \(services\/app\/domain\.ts -> services\/app\/a\.ts -> services\/app\/b\.ts\)/,
    {
      ...imports("services/app/domain.ts", "./a.ts"),
      "services/app/a.ts": 'export { b } from "./b.ts";',
      "services/app/b.ts": "\n\nexport const b = Date.now;",
    },
  ],
  [
    /setInterval is not pure.*reactions\.ts -> services\/chassis\/http\/a\.ts/,
    {
      ...imports("services/app/reactions.ts", "../chassis/http/a.ts"),
      "services/chassis/http/a.ts": "export const a = () => setInterval(() => {}, 1);",
    },
  ],
];
const pure: readonly Files[] = [
  { ...types("services/app/domain.ts", "./a.ts"), "services/app/a.ts": "export const now = () => Date.now();" },
  { "services/app/outside.ts": 'import { readFile } from "node:fs";\nexport const a = [readFile, Date.now()];' },
  { "services/app/service.ts": 'export const app = { outside: () => import("./outside.ts") };' },
  { "services/app/settings.ts": 'import { isIP } from "node:net";' },
  { "services/chassis/http/x.ts": "export const now = () => Date.now();" },
  domain('import { createHash } from "node:crypto";\nimport { gunzip } from "node:zlib";\nimport type { Stats } from "node:fs";'),
  domain('export const a = (time: string) => [new Date(time), new Date("2020-01-01"), Date.parse(time), Math.max(1, 2)];'),
  domain("export const a = (b: { process: string }) => [b.process, { fetch: b }, b.now];"),
  domain('// Date.now()\nexport const a = ["process.env", `Math.random()`, /fetch/, /* console */ "performance"];'),
  { "services/app/http.ts": "export const a = (signal: AbortSignal) => AbortSignal.any([signal]);" },
];

const service = (source: string): Files => ({ "services/app/outside.ts": source });
const starts: readonly Planted[] = [
  [
    /node:child_process may start a process\. Only services\/providers\/local\/machine\/launch\.ts and services\/providers\/kubernetes\/helm\.ts start/,
    service('import { spawn } from "node:child_process";'),
  ],
  [/may start a process/, { "services/providers/local/machine/commands.ts": 'import * as a from "child_process";' }],
  [/may start a process/, { "services/chassis/process/x.ts": 'export { fork } from "node:child_process";' }],
  [/may start a process/, { "services/chassis/process/workers.ts": 'import { fork, spawn } from "node:child_process";' }],
  [/may start a process/, { "services/chassis/process/workers.ts": 'import * as a from "node:child_process";' }],
  [/may start a process/, { "services/providers/local/machine.ts": 'export const a = () => import("node:child_process");' }],
  [/may start a process/, service('import cluster from "node:cluster";')],
  [/may start a process/, service('import { createRequire as a } from "node:module";')],
  [/getBuiltinModule may start/, service('export const a = process.getBuiltinModule("child_process");')],
  [/process\.binding may start/, service('export const a = process.binding("spawn_sync");')],
];
const startless: readonly Files[] = [
  { "services/chassis/process/workers.ts": 'import { type ChildProcess, fork } from "node:child_process";' },
  { "services/providers/local/machine/launch.ts": 'import { spawn } from "node:child_process";' },
  { "infra/platform/x.ts": 'import { spawn } from "node:child_process";' },
  service('import { Worker } from "node:worker_threads";\nimport { cluster } from "./cluster.ts";\n// node:child_process'),
];

/** Each breaks one rule, once. */
export const planted: readonly Planted[] = [...upward, ...circles, ...impure, ...starts];
/** Each resembles a planted one, and breaks no rule. */
export const allowed: readonly Files[] = [...downward, ...straight, ...pure, ...startless];
