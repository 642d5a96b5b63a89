import type { Condition, CountQuery, DocumentFilter, DocumentQuery, Scalar } from "../ports.ts";

type Filter = { readonly [path: string]: unknown };

const nothing: Filter = { _id: { $in: [] } };

/** A query of a read model as a filter that every server of the family understands. */
export const filterOf = ({ where, anyOf, search }: DocumentFilter): Filter =>
  all([
    { _deleted: false },
    ...where.flatMap(clause),
    ...(anyOf === undefined ? [] : [any(anyOf.map((conditions) => all(conditions.flatMap(clause))))]),
    ...(search === undefined ? [] : [any(searched(search))]),
  ]);

export const sortOf = ({ sort }: DocumentQuery): Record<string, 1 | -1> =>
  sort === undefined ? { _id: 1 } : { [sort.field]: sort.descending ? -1 : 1, _id: 1 };

/** What the aggregation of a count answers. */
export type Counted = {
  readonly all: readonly { readonly total: number; readonly values: number }[];
  readonly counts: readonly { readonly _id: Scalar | null; readonly count: number }[];
};

/** Groups in the database by a field, or by the first characters of a text. */
export const countOf = ({ field, prefix, limit, ...filter }: CountQuery): Filter[] => [
  { $match: filterOf(filter) },
  ...(prefix === undefined ? [] : [{ $match: { [field]: { $type: "string" } } }]),
  { $group: { _id: prefix === undefined ? `$${field}` : { $substrCP: [`$${field}`, 0, prefix] }, count: { $sum: 1 } } },
  {
    $facet: {
      all: [{ $group: { _id: null, total: { $sum: "$count" }, values: { $sum: 1 } } }],
      counts: [{ $sort: { count: -1, _id: 1 } }, { $limit: Math.max(1, limit) }],
    },
  },
];

const clause = (condition: Condition): readonly Filter[] => {
  if ("in" in condition) {
    const [only, ...others] = condition.in;
    return [{ [condition.field]: only !== undefined && others.length === 0 ? only : { $in: condition.in } }];
  }
  const { field, from, below } = condition;
  if (from === undefined && below === undefined) return [];
  return [{ [field]: { ...(from !== undefined && { $gte: from }), ...(below !== undefined && { $lt: below }) } }];
};

const searched = ({ word, fields, exact }: DocumentQuery["search"] & object): readonly Filter[] => [
  ...fields.map((field) => ({ [field]: { $regex: literally(word), $options: "i" } })),
  ...exact.map((field) => ({ [field]: word })),
];
const literally = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Side by side where the fields differ: the embedded server finds an index only for what stands at the top. */
const all = (filters: readonly Filter[]): Filter => {
  const fields = filters.flatMap((filter) => Object.keys(filter));
  return new Set(fields).size === fields.length ? Object.assign({}, ...filters) : { $and: filters };
};
const any = (filters: readonly Filter[]): Filter => (filters.length === 0 ? nothing : { $or: filters });
