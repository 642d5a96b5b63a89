import type { Condition, CountQuery, DocumentFilter, DocumentQuery, Scalar } from "../ports.ts";

type Filter = { readonly [path: string]: unknown };

const nothing: Filter = { _id: { $in: [] } };

/** The MongoDB filter of a read-model query. */
export const filterOf = ({ where, anyOf, search }: DocumentFilter): Filter =>
  all([
    { _deleted: false },
    ...where.flatMap(clause),
    ...(anyOf === undefined ? [] : [any(anyOf.map((conditions) => all(conditions.flatMap(clause))))]),
    ...(search === undefined ? [] : [any(searched(search))]),
  ]);

/** Sorts all fields in the same direction, because the server reads an index in one direction. */
export const sortOf = ({ sort }: DocumentQuery): Record<string, 1 | -1> => {
  const direction = sort?.descending ? -1 : 1;
  return { ...(sort && { [sort.field]: direction }), _id: direction };
};

/** The result of a counting aggregation. */
export type Counted = {
  readonly all: readonly { readonly total: number; readonly values: number }[];
  readonly counts: readonly { readonly _id: Scalar | null; readonly count: number }[];
};

/** An aggregation that counts documents by a field, or by the first characters of a text field. */
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
  if ("in" in condition) return [{ [condition.field]: { $in: condition.in } }];
  const { field, from, below } = condition;
  if (from === undefined && below === undefined) return [];
  return [{ [field]: { ...(from !== undefined && { $gte: from }), ...(below !== undefined && { $lt: below }) } }];
};

const searched = ({ word, fields, exact }: DocumentQuery["search"] & object): readonly Filter[] => [
  ...fields.map((field) => ({ [field]: { $regex: literally(word), $options: "i" } })),
  ...exact.map((field) => ({ [field]: word })),
];
const literally = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

const all = (filters: readonly Filter[]): Filter => (filters.length === 0 ? {} : { $and: filters });
const any = (filters: readonly Filter[]): Filter => (filters.length === 0 ? nothing : { $or: filters });
