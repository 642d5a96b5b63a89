import { type Condition, type DocumentQuery, type Documents, mapOf, type StoredDocument } from "../../../events/index.ts";
import { matches, ordering } from "../../../events/runtime.ts";
import { makeProblem, type Problem } from "./problems.ts";
import type { SealedFields } from "./rows.ts";

/** Rows that one query opens, in all and at once. Between two parts of them other requests have their turn. */
const MOST = 10_000;
const AT_ONCE = 1_000;

type Page = { readonly total: number; readonly documents: readonly StoredDocument[] };

/**
 * A page of documents that hold ciphertext, opened. A query about what is sealed opens all within reach, and is answered from them by the rules of the
 * store; every other one opens the page that the store finds.
 */
export const openedPage = async (
  documents: Documents,
  collection: string,
  asked: DocumentQuery,
  sealed: SealedFields<never, never>,
  outside: unknown,
): Promise<Page | Problem> => {
  const open = (found: readonly StoredDocument[]) =>
    mapOf(found, AT_ONCE, async (each) => {
      const value = await sealed.open(each.value as never, outside as never); // The row's maker tied the types together; so below.
      return { ...each, value } as StoredDocument;
    });
  const where = asked.where.map((condition): Condition => {
    const [by, valuesOf] = sealed.lookup[condition.field] ?? [];
    if (by === undefined || !valuesOf || !("in" in condition)) return condition;
    return { field: by, in: condition.in.flatMap((text) => valuesOf(String(text), outside as never)) };
  });
  const query = { ...asked, where };
  const isSealed = (field: string): boolean => sealed.fields.includes(field);
  const stored = where.filter(({ field }) => !isSealed(field));
  if (stored.length === where.length && !isSealed(query.sort?.field ?? "") && !query.search?.fields.some(isSealed)) {
    const page = await documents.find(collection, query);
    return { total: page.total, documents: await open(page.documents) };
  }
  const { search: _, ...others } = query;
  const within = { ...others, where: stored, sort: { field: "create_time", descending: false }, limit: AT_ONCE };
  const isWanted = matches(query);
  const wanted: StoredDocument[] = [];
  for (let offset = 0; ; offset += AT_ONCE) {
    const { total, documents: page } = await documents.find(collection, { ...within, offset });
    if (total > MOST) return makeProblem("failed_precondition", `a search in more than ${MOST} rows: narrow it by other fields`);
    for (const each of await open(page)) if (isWanted(each.value)) wanted.push(each);
    if (page.length < AT_ONCE) break;
  }
  const sorted = wanted.sort(ordering(query));
  return { total: sorted.length, documents: sorted.slice(query.offset, query.offset + query.limit) };
};
