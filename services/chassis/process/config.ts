import { type Setting, settings } from "./settings.ts";
import { storeFileProblems, wireProblems } from "./tls/wires.ts";

type Values = { readonly [K in keyof typeof settings]: (typeof settings)[K] extends Setting<infer T> ? T : never };

/** What a process was started with, checked. */
export type Config = Values & {
  /** The document store of a service, which may have its own. */
  readonly mongoUrl: (service: string) => string;
  /** 0: a free one. */
  readonly portOf: (service: string) => number;
};

export type Environment = { readonly [name: string]: string | undefined };

/** Everything that is wrong with the settings, a line each. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** The first port of the platform is the gateway's, those of the services follow. */
const offsets: { readonly [service: string]: number } = {
  api: 0,
  account: 1,
  repo: 2,
  app: 3,
  runtime: 4,
  cluster: 5,
  "provider-local": 6,
  "provider-kubernetes": 7,
  "provider-aws": 8,
  "provider-qingcloud": 9,
};

/** Reads the settings of the services that are to run here. Throws ConfigError with all problems at once. */
export const readConfig = (environment: Environment, services: readonly string[]): Config => {
  const problems: string[] = [];
  const read = <T>({ name, expected, fallback, parse }: Setting<T>): T | undefined => {
    const given = environment[name]?.trim();
    const text = given === undefined || given === "" ? fallback : given;
    if (text === undefined) {
      problems.push(`${name} is missing: expected ${expected}`);
      return undefined;
    }
    const value = parse(text);
    if (value === undefined) problems.push(`${name} is wrong: expected ${expected}`);
    return value;
  };
  const urls = new Map(services.map((service) => [service, environment[`MONGODB_URL_${upper(service)}`]?.trim()]));
  const everyHasOwn = services.length > 0 && services.every((service) => urls.get(service));
  const read1 = ([field, setting]: [string, Setting<unknown>]) => [
    field,
    read(field === "mongodb" && everyHasOwn ? { ...setting, fallback: urls.get(services[0] ?? "") } : setting),
  ];
  const values = Object.fromEntries(Object.entries(settings).map(read1)) as Values; // One field a setting; a missing one throws below.
  for (const [service, url] of urls)
    if (url && settings.mongodb.parse(url) === undefined)
      problems.push(`MONGODB_URL_${upper(service)} is wrong: expected ${settings.mongodb.expected}`);
    else if (url) problems.push(...storeFileProblems(`MONGODB_URL_${upper(service)}`, url, Date.now()));
  if (values.mongodb !== undefined && !everyHasOwn) problems.push(...storeFileProblems("MONGODB_URL", values.mongodb, Date.now()));
  problems.push(...wireProblems(values, Date.now()));
  const ports = new Map<string, number>();
  for (const service of services) {
    const own = environment[`PITRIX_PORT_${upper(service)}`]?.trim();
    const port = own ? settings.port.parse(own) : sharedPort(values.port, service, services);
    if (port === undefined && own) problems.push(`PITRIX_PORT_${upper(service)} is wrong: expected ${settings.port.expected}`);
    ports.set(service, port ?? 0);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...values, mongoUrl: (service) => urls.get(service) || values.mongodb, portOf: (service) => ports.get(service) ?? 0 };
};

/** A single service takes the port that is named; several take theirs counted from it. */
const sharedPort = (port: number | undefined, service: string, services: readonly string[]): number | undefined => {
  if (port === undefined || port === 0) return port === 0 ? 0 : BASE + (offsets[service] ?? 0);
  return services.length === 1 ? port : port + (offsets[service] ?? 0);
};
const BASE = 9100;

/** `aws` is AWS, `localProvider` LOCAL_PROVIDER. */
const upper = (service: string): string =>
  service
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^a-zA-Z0-9]+/g, "_")
    .toUpperCase();

/** The table of settings, for people. */
export const describeSettings = (): string => {
  const all: readonly Setting<unknown>[] = Object.values(settings);
  const width = Math.max(...all.map(({ name }) => name.length));
  const line = ({ name, description, expected, fallback }: Setting<unknown>): string => {
    const without = fallback === undefined ? "required" : fallback === "" ? "optional" : `default ${fallback}`;
    return `  ${name.padEnd(width)}  ${description} (${expected}; ${without})`;
  };
  return [
    ...all.map(line),
    `  ${"MONGODB_URL_<SERVICE>".padEnd(width)}  Overrides MONGODB_URL for one service (optional)`,
    `  ${"PITRIX_PORT_<SERVICE>".padEnd(width)}  Overrides the port of one service (optional)`,
  ].join("\n");
};
