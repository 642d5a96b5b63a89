/** Fields of an object by their names, each of any type. */
export type Fields = { readonly [name: string]: unknown };

export const isFields = (value: unknown): value is Fields => value !== null && typeof value === "object" && !Array.isArray(value);

/** A query without its empty values, which count as absent. */
export const withoutEmpty = (query: Fields): Fields =>
  Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const left = Array.isArray(value) ? value.filter((each) => each !== "") : value;
      return left === "" || left === undefined || (Array.isArray(left) && left.length === 0) ? [] : [[name, left]];
    }),
  );

/** Levels that the body of a request may nest: code that walks a body recurses, and must not exhaust the stack. */
export const MAX_DEPTH = 64;

/** Whether a value nests more levels than a body may have. */
export const isTooDeep = (value: unknown, left = MAX_DEPTH): boolean =>
  value !== null && typeof value === "object" && (left === 0 || Object.values(value).some((each) => isTooDeep(each, left - 1)));

/** A body without its nulls, which count as absent, at every level. */
export const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, field]) => (field === null ? [] : [[name, withoutNulls(field)]])));
};

export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === "" || (Array.isArray(value) && (value.length === 0 || value.every((each) => each === "")));

/** An answer without its defaults, which the JSON of Protocol Buffers leaves out, too. */
export const compact = (answer: unknown): unknown => {
  if (!isFields(answer)) return answer;
  const { total_count, ...rest } = answer;
  const body = withoutDefaults(rest);
  return total_count === undefined || total_count === 0 ? body : { total_count, ...(isFields(body) ? body : {}) };
};

const withoutDefaults = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (!isFields(value) || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const absent = field === undefined || field === null || (Array.isArray(field) && field.length === 0);
      return absent ? [] : [[name, withoutDefaults(field)]];
    }),
  );
};
