import type avro from "avsc";

type Check = (value: unknown) => boolean;
type Parts = {
  readonly typeName: string;
  readonly fields?: readonly { readonly name: string; readonly type: avro.Type }[];
  readonly itemsType?: avro.Type;
  readonly valuesType?: avro.Type;
  readonly types?: readonly avro.Type[];
};

/**
 * Whether all fields of a record, and of those in it, are declared, `more` ones beside. It is all that Avro's writer does not look at: it
 * refuses what does not fit, and leaves out silently what it does not know.
 */
export const declaredOnly = (type: avro.Type, more: readonly string[] = []): Check => checkOf(type, new Map(), more) ?? (() => true);

/** Undefined: there is no record in it. */
const checkOf = (type: avro.Type, known: Map<avro.Type, Check>, more: readonly string[] = []): Check | undefined => {
  const begun = known.get(type);
  if (begun) return begun;
  const { typeName, fields, itemsType, valuesType, types } = type as Partial<avro.Type> & Parts; // What a type has by its kind.
  if (fields) {
    let check: Check = () => true;
    // A record may hold itself.
    known.set(type, (value) => check(value));
    check = inRecord(new Set([...more, ...fields.map(({ name }) => name)]), below(fields, known));
    return check;
  }
  const part = itemsType ?? valuesType;
  if (part) {
    const each = checkOf(part, known);
    return each && ((value) => !isObject(value) || (Array.isArray(value) ? value : Object.values(value)).every(each));
  }
  if (typeName === "union:wrapped") return (value) => type.isValid(value, { noUndeclaredFields: true });
  const branches = (types ?? []).flatMap((branch) => checkOf(branch, known) ?? []);
  return branches.length === 0 ? undefined : (value) => !isObject(value) || branches.some((check) => check(value));
};

const below = (fields: NonNullable<Parts["fields"]>, known: Map<avro.Type, Check>): readonly (readonly [string, Check])[] =>
  fields.flatMap(({ name, type }) => {
    const check = checkOf(type, known);
    return check ? [[name, check] as const] : [];
  });

const inRecord = (declared: ReadonlySet<string>, inside: readonly (readonly [string, Check])[]): Check => {
  return (value) => {
    // One that is left out has its default, or is missed by the writer.
    if (!isObject(value)) return value === undefined;
    for (const name in value) if (!declared.has(name)) return false;
    for (const [name, check] of inside) if (!check(value[name])) return false;
    return true;
  };
};

const isObject = (value: unknown): value is { readonly [name: string]: unknown } => value !== null && typeof value === "object";
