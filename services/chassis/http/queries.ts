import { type DocumentQuery, type Documents, mapOf, type Scalar } from "../../../events/index.ts";
import type { Collections } from "../../../events/runtime.ts";
import type { Caller, Reach } from "../access/access.ts";
import { withoutGroup } from "../access/ownership.ts";
import { within } from "../access/rules.ts";
import { type Fields, isFields } from "./fields.ts";
import { openedPage } from "./opened-page.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";
import type { Models } from "./reads.ts";
import type { Context, QueryRow } from "./rows.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
/** Rows that are made for an answer at once. */
const CONCURRENCY = 100;
/** Values that one filter may have. */
const MAX_VALUES = 1_000;

/** The query of a read model that answers a request. Pure. */
export const queryOf = (
  row: QueryRow,
  request: Fields,
  context: Context,
  indexes: readonly string[],
  caller: Caller | undefined,
): DocumentQuery => {
  const filters = filtersOf(row, request, indexes).flatMap(({ field, values }) => (values.length === 0 ? [] : [{ field, in: values }]));
  const always = typeof row.where === "function" ? row.where(request as never, context) : (row.where ?? []); // The row's maker tied both types together.
  const anyOf = within(row.rule ?? "own", caller);
  const word = request.search_word;
  return {
    where: [...always, ...filters],
    ...(anyOf && { anyOf }),
    ...(typeof word === "string" && row.search.length > 0 && { search: searchOf(row, word) }),
    sort: {
      field: sortField(row, request.sort_key, indexes),
      descending: !row.ascending && request.reverse !== false,
    },
    offset: typeof request.offset === "number" ? request.offset : 0,
    limit: typeof request.limit === "number" && request.limit > 0 ? Math.min(request.limit, MAX_LIMIT) : DEFAULT_LIMIT,
  };
};

/** The filters of a row with the values that the request gives them. */
const filtersOf = ({ filters }: QueryRow, request: Fields, indexes: readonly string[]) =>
  (filters ?? indexes).map((filter) => {
    const [name, field] = typeof filter === "string" ? [filter, filter] : filter;
    return { name, field, values: [request[name] ?? []].flat().filter(isScalar) };
  });

const searchOf = ({ search }: QueryRow, word: string): NonNullable<DocumentQuery["search"]> => ({
  word,
  fields: search.filter((field) => !field.endsWith("_id")),
  exact: search.filter((field) => field.endsWith("_id")),
});

const sortField = (row: QueryRow, sortKey: unknown, indexes: readonly string[]): string => {
  const fallback = row.sort ?? "create_time";
  const filtered = (row.filters ?? []).map((filter) => (typeof filter === "string" ? filter : filter[1]));
  const known = new Set(["create_time", fallback, ...indexes, ...filtered, ...row.search]);
  return typeof sortKey === "string" && known.has(sortKey) ? sortKey : fallback;
};

const isScalar = (value: unknown): value is Scalar => ["string", "number", "boolean"].includes(typeof value);

type QueryHost = {
  readonly models: Models;
  readonly collections: Collections;
  readonly documents: Documents;
  readonly caller: Caller | undefined;
  readonly rowsField: string;
  readonly outside: unknown;
};

/** Answers a query row: a page, with the documents that are joined to its rows, and the number of all rows. */
export const runQuery = async (
  row: QueryRow,
  request: Fields,
  context: Context,
  { models, collections, documents, caller, rowsField, outside }: QueryHost,
): Promise<Fields | Problem> => {
  const indexes = models.get(row.from)?.indexes ?? [];
  const excessive = filtersOf(row, request, indexes).find(({ values }) => values.length > MAX_VALUES);
  if (excessive) return makeProblem("illegal_parameter_format", excessive.name, { cause: `more than ${MAX_VALUES} at once` });
  const asked = queryOf(row, request, context, indexes, caller);
  const collection = await collections.of(row.from);
  const found = await (row.sealed ? openedPage(documents, collection, asked, row.sealed, outside) : documents.find(collection, asked));
  if (isProblem(found)) return found;
  const { total, documents: page } = found;
  const values = page.map(({ value }) => withoutGroup(value));
  const joins = await Promise.all(
    Object.entries(row.join ?? {}).map(async ([field, [model, on, id, rule = "own"]]) => {
      const rows = await joined(
        documents,
        await collections.of(model),
        on,
        within(rule, caller),
        values.flatMap((value) => scalarsIn(value[id])),
      );
      return (value: Fields): readonly [string, readonly Fields[]] => [
        field,
        [...new Set(scalarsIn(value[id]).flatMap((each) => rows.get(each) ?? []))],
      ];
    }),
  );
  const rows = await mapOf(values, CONCURRENCY, async (value) => {
    const more = Object.fromEntries(joins.map((join) => join(value)));
    const shown = row.present ? await row.present(value as never, more as never, outside as never) : { ...value, ...more }; // The row's maker tied the types together.
    return shown && columns(shown, request.display_columns);
  });
  return { total_count: total, [rowsField]: rows.filter((shown) => shown !== undefined) };
};

/** The values by which a field joins. Either side of a join may be a list, any element of which joins. */
const scalarsIn = (value: unknown): readonly Scalar[] => [value ?? []].flat().filter(isScalar);

const PAGE = 1_000;
/** All documents of a model that join any of these values and are within reach, by the value. */
const joined = async (
  documents: Documents,
  collection: string,
  on: string,
  anyOf: Reach | undefined,
  ids: readonly Scalar[],
): Promise<ReadonlyMap<unknown, readonly Fields[]>> => {
  const found = new Map<unknown, Fields[]>();
  if (ids.length === 0) return found;
  for (let offset = 0; ; offset += PAGE) {
    const where = [{ field: on, in: [...new Set(ids)] }];
    const { documents: page } = await documents.find(collection, {
      where,
      ...(anyOf && { anyOf }),
      sort: { field: "create_time", descending: false },
      offset,
      limit: PAGE,
    });
    for (const { value } of page)
      for (const each of scalarsIn(value[on])) found.set(each, [...(found.get(each) ?? []), withoutGroup(value)]);
    if (page.length < PAGE) return found;
  }
};

const columns = (row: object, wanted: unknown): object => {
  const names = [wanted ?? []].flat();
  if (names.length === 0 || !isFields(row)) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
};
