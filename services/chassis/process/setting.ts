import { isIP } from "node:net";

/** An environment variable: its format, its parser and its default. */
export type Setting<T> = {
  readonly name: string;
  readonly description: string;
  /** Completes "expected ...". */
  readonly expected: string;
  /** The default. Absent: the setting is required. Empty: the setting is optional. */
  readonly fallback?: string | undefined;
  /** Returns undefined if the text is not as expected. */
  readonly parse: (text: string) => T | undefined;
};

/** Settings by the field name that code uses. */
export type Settings = { readonly [field: string]: Setting<unknown> };
export type ValuesOf<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

export const setting = <T>(
  name: string,
  description: string,
  expected: string,
  fallback: string | undefined,
  parse: (text: string) => T | undefined,
): Setting<T> => ({ name, description, expected, fallback, parse });

export const text = (value: string): string => value;
/** Parses two texts separated by a colon. `given` is false if the setting is absent. */
export const pair =
  <F extends string, S extends string>(first: F, second: S) =>
  (value: string): ({ readonly [K in F | S]: string } & { readonly given: boolean }) | undefined => {
    const at = value.indexOf(":");
    if (value !== "" && (at < 1 || at === value.length - 1)) return undefined;
    return { given: value !== "", [first]: value.slice(0, Math.max(at, 0)), [second]: value.slice(at + 1) } as {
      readonly [K in F | S]: string; // The two computed names are exactly F and S.
    } & { readonly given: boolean };
  };
/** Parses a whole number within bounds. */
export const whole =
  (least: number, most: number) =>
  (value: string): number | undefined =>
    /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined;

const listIn = (value: string): readonly string[] =>
  value
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "" && each !== "none");
const isNetwork = (each: string): boolean => {
  const [, address = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(each) ?? [];
  return isIP(address) !== 0 && Number(prefix) <= (isIP(address) === 6 ? 128 : 32);
};

/** Parses networks such as `10.0.0.0/8`, and single addresses, into networks. */
export const addresses = (value: string): readonly string[] | undefined => {
  const list = listIn(value).map((each) => (isIP(each) === 0 ? each : `${each}/${isIP(each) === 6 ? 128 : 32}`));
  return list.every(isNetwork) ? list : undefined;
};

/** Parses networks such as `10.0.0.0/8`, and servers such as `127.0.0.1:8080` and `[::1]:8080`. */
export const networks = (value: string): readonly string[] | "all" | undefined => {
  if (value === "all") return "all";
  const list = listIn(value);
  const isServer = (each: string): boolean => {
    const [, v4 = "", v6 = "", port = ""] = /^(?:([\d.]+)|\[([^\]]+)\]):(\d{1,5})$/.exec(each) ?? [];
    return (isIP(v4) === 4 || isIP(v6) === 6) && Number(port) <= 65_535;
  };
  return list.every((each) => isNetwork(each) || isServer(each)) ? list : undefined;
};
