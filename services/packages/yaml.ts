import { FAILSAFE_SCHEMA, load, type Schema, Type, YAMLException } from "js-yaml";
import { isDeeperThan, type Json, maximumDepth, parseJson, weighed } from "./json.ts";
import { PackageError, reasonOf } from "./package-error.ts";

/** Maximum values in one text; they determine the time and the memory of parsing. */
export const MAX_VALUES = 2_000_000;

/** Parses YAML without numbers: `1.10` stays a text, since versions are texts. Limits the expansion of aliases. */
export const readYaml = (source: string, subject: string, limit = MAX_VALUES): Json => parsed(source, subject, limit, schema);

/** The same with numbers. What YAML 1.1, as helm reads it, and 1.2 take for different things is refused. */
export const readValues = (source: string, subject: string, limit = MAX_VALUES): Json => parsed(source, subject, limit, withNumbers);

const parsed = (source: string, subject: string, limit: number, schema: Schema): Json => {
  const json = asJson(source, subject, limit);
  if (json !== undefined) return json;
  let [values, line] = [0, 0];
  const listener = (event: string, state: { readonly line: number }): void => {
    if (event !== "open") return;
    line = state.line + 1;
    if (++values > limit) throw tooMany(subject, limit);
  };
  try {
    const value = (load(source, { schema, listener, maxDepth: 100 } as object) ?? null) as Json; // The schema produces only texts, booleans, null, lists and maps.
    if (weighed(value, source.length + 1_000) <= 0) throw new YAMLException("its aliases expand to a value far larger than the text");
    return value;
  } catch (cause) {
    if (cause instanceof PackageError) throw cause;
    if (cause instanceof Ambiguous) throw new PackageError(`${subject} ${inLine(line)}`, { cause });
    throw new PackageError(`${subject} is not YAML: ${reasonOf(cause)}`, { cause });
  }
};

const scalar = (name: string, words: readonly string[], construct: (word: string) => Json): Type =>
  new Type(`tag:yaml.org,2002:${name}`, { kind: "scalar", resolve: (word: string | null) => words.includes(word ?? ""), construct });

/** YAML 1.2's core schema without its numbers, and with merge keys. */
const schema = FAILSAFE_SCHEMA.extend({
  implicit: [
    scalar("null", ["", "~", "null", "Null", "NULL"], () => null),
    scalar("bool", ["true", "True", "TRUE", "false", "False", "FALSE"], (word) => word.toLowerCase() === "true"),
    scalar("merge", ["<<"], (word) => word),
  ],
});

const plain = (name: string, form: RegExp, construct: (word: string) => Json): Type =>
  new Type(`tag:yaml.org,2002:${name}`, { kind: "scalar", resolve: (word: string | null) => form.test(word ?? ""), construct });

/** Octal and hexadecimal numbers, signs, exponents, underscores; and words that some readers take for true or false. */
const ambiguous = /^(?:[-+]?(?:0[xob][\da-f_]+|(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:e[-+]?\d+)?|\.inf|\.nan)|y|n|yes|no|on|off)$/i;
const withNumbers = schema.extend({
  implicit: [
    plain("float", /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/, Number),
    plain("int", ambiguous, () => {
      throw new Ambiguous();
    }),
  ],
});
class Ambiguous extends Error {}
/** The word itself may be a secret. */
const inLine = (line: number): string =>
  `has in line ${line} what is not the same for all readers of YAML, such as 0777, 1e3 or yes: it has to be quoted, true, false, or a decimal number`;

/** Parses a text that is JSON; this is many times faster than YAML. */
const asJson = (source: string, subject: string, limit: number): Json | undefined => {
  if (!/^\s*\{/.test(source)) return undefined;
  if (holdsMore(source, limit)) throw tooMany(subject, limit);
  let value: Json;
  try {
    value = parseJson(source);
  } catch {
    return undefined;
  }
  if (isDeeperThan(value, maximumDepth)) throw new PackageError(`${subject} is nested too deep`);
  return value;
};

const tooMany = (subject: string, limit: number) => new PackageError(`${subject} holds more than ${limit} values`);

/** True if a JSON text has more lists, maps and items than the limit. */
const holdsMore = (json: string, limit: number): boolean => {
  let values = 0;
  let inText = false;
  for (let at = 0; at < json.length && values <= limit; at++) {
    const letter = json[at];
    if (letter === '"') inText = !inText;
    else if (inText) at += letter === "\\" ? 1 : 0;
    else if (letter === "," || letter === "[" || letter === "{") values++;
  }
  return values > limit;
};
