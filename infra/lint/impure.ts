/**
 * Files without side effects: package formats, and services with all their tables. A service receives its outside ports when it runs.
 * Files that pure files import values from must be pure, too.
 */
export const pureFiles =
  /^services\/(?:packages\/|(?!chassis\/|cli\/)(?:providers\/)?[^/]+\/(?:service|domain|reactions|read-models|effects|timers|seeds|signals|http|settings|plan|actions|registry)(?:\/|\.ts$))/;

/** The file that opens the outside ports; only a running service imports it. */
export const outside = "./outside.ts";

/** Modules that pure files may import, with the names that are allowed; `*`: all. */
export const pureModules: { readonly [specifier: string]: readonly string[] } = {
  "node:buffer": ["*"],
  "node:net": ["isIP"],
  "node:util": ["*"],
  "node:zlib": ["*"],
  "node:crypto": ["createHash", "createPrivateKey", "timingSafeEqual", "X509Certificate"],
  ajv: ["*"],
  "js-yaml": ["*"],
  "tar-stream": ["*"],
};

/** Code that pure files must not use, and the replacement. */
export type Impure = { readonly code: RegExp; readonly instead: string };

/** A global name: not a property of another object, and not a key. */
const global = (...names: readonly string[]): string => `(?<![\\w$]|(?<!\\.\\.)\\.)(?:${names.join("|")})\\b(?!\\??:)`;
/** `object.name`, and `{ name } = object`. */
const member = (object: string, name: string): string =>
  `${global(object)}\\s*\\??\\.\\s*${name}\\b|\\b${name}\\b[^{}]*\\}\\s*=\\s*${object}\\b`;
const any = (...patterns: readonly string[]): RegExp => new RegExp(patterns.join("|"), "g");

export const impure: readonly Impure[] = [
  {
    code: any(member("Date", "now"), `new\\s+Date\\b(?!\\s*\\(\\s*[^\\s)])`, `(?<!new\\s)${global("Date")}\\(`, global("performance")),
    instead: "Take the time as an argument.",
  },
  { code: any(member("Math", "random"), global("crypto")), instead: "Take the random value as an argument." },
  {
    code: any(global("setTimeout", "setInterval", "setImmediate", "queueMicrotask"), member("AbortSignal", "timeout")),
    instead: "Take the pause or the deadline as a port.",
  },
  { code: any(global("process", "globalThis"), "\\bimport\\.meta\\b"), instead: "Take the setting as an argument." },
  { code: any(global("fetch", "console", "WebSocket", "EventSource", "Worker")), instead: "Take the port as an argument." },
];
