import type { Condition, CountQuery, Counts, DocumentFilter, DocumentQuery, Scalar, StoredDocument } from "../ports.ts";

type Value = StoredDocument["value"];

/** Whether a document matches a filter, by MongoDB's rules: an array matches if any element does, and only values of the same type compare. */
export const matches = ({ where, anyOf, search }: DocumentFilter): ((value: Value) => boolean) => {
  const word = search?.word.toLowerCase() ?? "";
  return (value) =>
    where.every((condition) => holds(value, condition)) &&
    (anyOf === undefined || anyOf.some((conditions) => conditions.every((condition) => holds(value, condition)))) &&
    (search === undefined ||
      search.fields.some((field) =>
        candidates(value, field).some((each) => typeof each === "string" && each.toLowerCase().includes(word)),
      ) ||
      search.exact.some((field) => candidates(value, field).includes(search.word)));
};

const holds = (value: Value, condition: Condition): boolean => {
  const found = candidates(value, condition.field);
  if ("in" in condition) return found.some((each) => condition.in.some((one) => one === each));
  const { from, below } = condition;
  return (
    (from === undefined || found.some((each) => hasTypeOf(each, from) && order(each, from) >= 0)) &&
    (below === undefined || found.some((each) => hasTypeOf(each, below) && order(each, below) < 0))
  );
};

const hasTypeOf = (value: unknown, scalar: Scalar): value is Scalar => typeof value === typeof scalar;

/** The values at a path. The path goes through the elements of arrays; for an array at its end, both the array and its elements count. */
const candidates = (value: unknown, path: string): readonly unknown[] => {
  const [first = "", ...rest] = path.split(".");
  const found = field(value, first);
  const next = rest.length === 0 ? found : found.flatMap((each) => candidates(each, rest.join(".")));
  return next.flatMap((each) => (Array.isArray(each) ? [each, ...each] : [each]));
};
const field = (value: unknown, name: string): readonly unknown[] => {
  if (Array.isArray(value)) return value.flatMap((each) => (Array.isArray(each) ? [] : field(each, name)));
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? [Reflect.get(value, name)] : [];
};

/** Compares by the sort field (an array by its least element, or its greatest if descending), then by id in the same direction. */
export const ordering =
  ({ sort }: DocumentQuery) =>
  (left: StoredDocument, right: StoredDocument): number => {
    if (sort === undefined) return order(left.id, right.id);
    const ascending = order(sortValue(left.value, sort), sortValue(right.value, sort)) || order(left.id, right.id);
    return sort.descending ? -ascending : ascending;
  };

/** Counts the documents of each value of a field. */
export const countsOf = (documents: readonly StoredDocument[], { field: path, prefix, limit }: CountQuery): Counts => {
  const counts = new Map<Scalar | null, number>();
  for (const { value } of documents) {
    const [first = null] = candidates(value, path);
    const counted = prefix === undefined ? first : typeof first === "string" ? first.slice(0, prefix) : undefined;
    if (isCountable(counted)) counts.set(counted, (counts.get(counted) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([one, ones], [other, others]) => others - ones || order(one, other));
  return {
    total: sorted.reduce((sum, [, count]) => sum + count, 0),
    values: sorted.length,
    counts: sorted.slice(0, Math.max(0, limit)).map(([value, count]) => ({ value, count })),
  };
};
const isCountable = (value: unknown): value is Scalar | null => value === null || ["string", "number", "boolean"].includes(typeof value);

const sortValue = (value: Value, { field: path, descending }: DocumentQuery["sort"] & object): unknown => {
  const found = candidates(value, path);
  const [first, ...elements] = found;
  const scalars = Array.isArray(first) ? elements : found;
  if (Array.isArray(first) && elements.length === 0) return emptyArray;
  return scalars.reduce((best, each) => (best === undefined || order(each, best) < 0 !== descending ? each : best), undefined) ?? null;
};

const emptyArray = Symbol("an empty array, which sorts before all else");

/** Null before numbers before strings before the rest before booleans; strings by code point. */
const order = (left: unknown, right: unknown): number => {
  const byType = rank(left) - rank(right);
  if (byType !== 0) return byType;
  if (typeof left === "string" && typeof right === "string")
    return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left === right || rank(left) === otherRank ? 0 : Number(left) - Number(right);
};

const otherRank = 4;
const rank = (value: unknown): number => {
  if (value === emptyArray) return 0;
  if (value === null || value === undefined) return 1;
  if (typeof value === "number") return 2;
  if (typeof value === "string") return 3;
  return typeof value === "boolean" ? 5 : otherRank;
};
