/** The parameters of a paged operation. */
export type PageRequest = {
  readonly search_word?: string;
  readonly sort_key?: string;
  readonly reverse?: boolean;
  readonly offset?: number;
  readonly limit?: number;
};

/** A page of computed rows, by the rules of queries on read models: search, filter, sort, offset and limit. */
export const page = <Row extends object>(
  rows: readonly Row[],
  request: PageRequest,
  search: readonly (keyof Row & string)[],
  filters: { readonly [F in keyof Row]?: readonly string[] | undefined },
): { readonly total: number; readonly rows: readonly Row[] } => {
  const wanted = rows.filter((row) => found(row, request.search_word, search) && passes(row, filters));
  const key = wanted.some((row) => request.sort_key && Object.hasOwn(row, request.sort_key)) ? (request.sort_key ?? "") : "create_time";
  const direction = request.reverse === false ? 1 : -1;
  const text = (row: Row) => String(Reflect.get(row, key) ?? "");
  const sorted = wanted.toSorted((a, b) => direction * compare(text(a), text(b)));
  const offset = request.offset ?? 0;
  return { total: wanted.length, rows: sorted.slice(offset, offset + Math.min(200, request.limit ?? 20)) };
};

const found = <Row extends object>(row: Row, word: string | undefined, fields: readonly (keyof Row & string)[]): boolean =>
  word === undefined ||
  word === "" ||
  fields.some((field) => {
    const value = String(row[field]);
    return field.endsWith("_id") ? value === word : value.toLowerCase().includes(word.toLowerCase());
  });

const passes = <Row extends object>(row: Row, filters: { readonly [F in keyof Row]?: readonly string[] | undefined }): boolean =>
  Object.entries<readonly string[] | undefined>(filters).every(
    ([field, values]) => !values || values.length === 0 || values.includes(String(Reflect.get(row, field))),
  );

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
