import type { Setting, Settings, ValuesOf } from "./setting.ts";
import { settings } from "./settings.ts";
import { storeFileProblems, tlsProblems } from "./tls/transport-security.ts";

/** A service as the configuration sees it. Its place in the list of all services gives its port. */
export type ConfiguredService = { readonly name: string; readonly place: number; readonly settings?: Settings };

type Values = ValuesOf<typeof settings>;

/** The validated configuration of a process. */
export type Config = Values & {
  /** The document store's URL for a service, which may have its own. */
  readonly mongoUrl: (service: string) => string;
  /** The port of a service; 0 for a free port. */
  readonly portOf: (service: string) => number;
  /** A service's own settings. */
  readonly settingsOf: (service: string) => { readonly [field: string]: unknown };
};

export type Environment = { readonly [name: string]: string | undefined };

/** All problems of the settings, one per line. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

/** Reads the settings of this process and its services. Throws a ConfigError with all problems at once. */
export const readConfig = (environment: Environment, listed: readonly ConfiguredService[]): Config => {
  const services = listed.map(({ name }) => name);
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
  const urls = new Map(services.map((service) => [service, environment[`MONGODB_URL_${settingSuffix(service)}`]?.trim()]));
  const everyHasOwn = services.length > 0 && services.every((service) => urls.get(service));
  const read1 = ([field, setting]: [string, Setting<unknown>]) => [
    field,
    read(field === "mongodb" && everyHasOwn ? { ...setting, fallback: urls.get(services[0] ?? "") } : setting),
  ];
  const values = Object.fromEntries(Object.entries(settings).map(read1)) as Values; // One field a setting; a missing one throws below.
  const own = new Map(listed.map(({ name, settings = {} }) => [name, Object.fromEntries(Object.entries(settings).map(read1))]));
  for (const [service, url] of urls)
    if (url && settings.mongodb.parse(url) === undefined)
      problems.push(`MONGODB_URL_${settingSuffix(service)} is wrong: expected ${settings.mongodb.expected}`);
    else if (url) problems.push(...storeFileProblems(`MONGODB_URL_${settingSuffix(service)}`, url, Date.now()));
  if (values.mongodb !== undefined && !everyHasOwn) problems.push(...storeFileProblems("MONGODB_URL", values.mongodb, Date.now()));
  problems.push(...tlsProblems(values, values.brokers ?? [], Date.now()));
  const ports = new Map<string, number>();
  for (const { name: service, place } of listed) {
    const given = environment[`PITRIX_PORT_${settingSuffix(service)}`]?.trim();
    const port = given ? settings.port.parse(given) : sharedPort(values.port, place, listed.length);
    if (port === undefined && given) problems.push(`PITRIX_PORT_${settingSuffix(service)} is wrong: expected ${settings.port.expected}`);
    ports.set(service, port ?? 0);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...values,
    mongoUrl: (service) => urls.get(service) || values.mongodb,
    portOf: (service) => ports.get(service) ?? 0,
    settingsOf: (service) => own.get(service) ?? {},
  };
};

/** A single service takes the given port. Several services count theirs from it. */
const sharedPort = (port: number | undefined, place: number, count: number): number | undefined => {
  if (port === undefined || port === 0) return port === 0 ? 0 : BASE + place;
  return count === 1 ? port : port + place;
};
const BASE = 9100;

/** The service's name in names of settings: `localProvider` becomes LOCAL_PROVIDER. */
export const settingSuffix = (service: string): string =>
  service
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^a-zA-Z0-9]+/g, "_")
    .toUpperCase();

/** The help text about the settings of every process and of each service. */
export const describeSettings = (services: readonly ConfiguredService[]): string => {
  const tables: readonly (readonly [title: string, rows: readonly Setting<unknown>[]])[] = [
    ["Every process", Object.values(settings)],
    ...services.flatMap(({ name, settings = {} }) => (Object.keys(settings).length > 0 ? [[name, Object.values(settings)] as const] : [])),
  ];
  const width = Math.max(...tables.flatMap(([, rows]) => rows.map(({ name }) => name.length)));
  const line = ({ name, description, expected, fallback }: Setting<unknown>): string => {
    const without = fallback === undefined ? "required" : fallback === "" ? "optional" : `default ${fallback}`;
    return `  ${name.padEnd(width)}  ${description} (${expected}; ${without})`;
  };
  const overrides = [
    `  ${"MONGODB_URL_<SERVICE>".padEnd(width)}  Overrides MONGODB_URL for one service (optional)`,
    `  ${"PITRIX_PORT_<SERVICE>".padEnd(width)}  Overrides the port of one service (optional)`,
  ];
  return tables.map(([title, rows], at) => [`${title}:`, ...rows.map(line), ...(at === 0 ? overrides : [])].join("\n")).join("\n\n");
};
