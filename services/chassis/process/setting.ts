import { isIP } from "node:net";

/** What may be set from outside, how it is written and what it means when it is not. */
export type Setting<T> = {
  readonly name: string;
  readonly description: string;
  /** Completes "expected ...". */
  readonly expected: string;
  /** Absent: it must be set. Empty: it may be left out. */
  readonly fallback?: string | undefined;
  /** Undefined: not as expected. */
  readonly parse: (text: string) => T | undefined;
};

/** Settings by the field that code reads. */
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
/** Two texts with a colon between them; `given` is false where the setting was left out. */
export const pair =
  <F extends string, S extends string>(first: F, second: S) =>
  (value: string): ({ readonly [K in F | S]: string } & { readonly given: boolean }) | undefined => {
    const at = value.indexOf(":");
    if (value !== "" && (at < 1 || at === value.length - 1)) return undefined;
    return { given: value !== "", [first]: value.slice(0, Math.max(at, 0)), [second]: value.slice(at + 1) } as {
      readonly [K in F | S]: string; // The two computed names are exactly F and S.
    } & { readonly given: boolean };
  };
/** A whole number within bounds. */
export const whole =
  (least: number, most: number) =>
  (value: string): number | undefined =>
    /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most ? Number(value) : undefined;

/** Networks as `10.0.0.0/8`. */
export const networks = (value: string): readonly string[] | "all" | undefined => {
  if (value === "all") return "all";
  const list = value
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "" && each !== "none");
  const isNetwork = (each: string): boolean => {
    const [, address = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(each) ?? [];
    return isIP(address) !== 0 && Number(prefix) <= (isIP(address) === 6 ? 128 : 32);
  };
  return list.every(isNetwork) ? list : undefined;
};
