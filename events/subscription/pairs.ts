import { isDeepStrictEqual } from "node:util";
import type { Documents, StoredDocument } from "../ports.ts";

/** A document in two collections: the live one, and the other one. */
export type Pair = { readonly id: string; readonly live: StoredDocument | undefined; readonly other: StoredDocument | undefined };

/** `until`: the id after which the next page begins; undefined: nothing follows. */
export type Page = { readonly pairs: readonly Pair[]; readonly until: string | undefined };

/** Documents of one page of a collection. */
const PAGE = 1_000;

/** One page of two collections by id, tombstones included. */
export const pageOf = async (
  documents: Pick<Documents, "scan">,
  collections: readonly [live: string, other: string],
  after: string | undefined,
): Promise<Page> => {
  const pages = await Promise.all(collections.map((collection) => documents.scan(collection, after, PAGE)));
  const [lives, others] = pages.map((page) => new Map(page.map((document) => [document.id, document])));
  // Beyond the end of a full page the other collection may hold documents that this one has, too.
  const lasts = pages.flatMap((page) => (page.length === PAGE ? (page.at(-1)?.id ?? []) : []));
  const until = lasts.toSorted().at(0);
  const ids = [...new Set(pages.flat().map(({ id }) => id))].filter((id) => until === undefined || id <= until);
  return { until, pairs: ids.map((id) => ({ id, live: lives?.get(id), other: others?.get(id) })) };
};

/** Equal as a store keeps them, which has no fields without a value. What two stores give is mostly equal as it is. */
export const isSame = (one: StoredDocument | undefined, other: StoredDocument | undefined): boolean =>
  isDeepStrictEqual(one, other) || (one !== undefined && other !== undefined && isDeepStrictEqual(stored(one), stored(other)));
const stored = (document: StoredDocument): unknown => JSON.parse(JSON.stringify(document));

/** The fields whose values differ, sorted. */
export const differingFields = (one: StoredDocument | undefined, other: StoredDocument | undefined): readonly string[] => {
  const names = new Set([...Object.keys(one?.value ?? {}), ...Object.keys(other?.value ?? {})]);
  const text = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
  return [...names].filter((name) => !isDeepStrictEqual(text(one?.value[name]), text(other?.value[name]))).toSorted();
};
