import { isDeepStrictEqual } from "node:util";
import type { Clock, Documents, StoredDocument } from "../ports.ts";

/** A document that two collections of a read model do not agree about. */
export type Difference = {
  readonly id: string;
  /** In both collections; null: there is no such document. */
  readonly versions: readonly [number | null, number | null];
  /** The fields whose values differ. */
  readonly fields: readonly string[];
};
export type Comparison = {
  readonly compared: number;
  readonly differences: readonly Difference[];
  /** The last id of this page; undefined: nothing follows. */
  readonly after: string | undefined;
};

/** How often, and after how many milliseconds, documents of different versions are read again: one collection may be a moment ahead. */
const ATTEMPTS = 15;
const PAUSE = 200;

/**
 * Compares one page of two collections by id, tombstones included, while both are filled. Documents are compared once they have the same version;
 * a document whose versions stay apart is a difference.
 */
export const compare = async (
  { documents, clock }: { readonly documents: Documents; readonly clock: Clock },
  collections: readonly [string, string],
  after: string | undefined,
  limit: number,
): Promise<Comparison> => {
  const pages = await Promise.all(collections.map((collection) => documents.scan(collection, after, limit)));
  // Beyond the end of a full page the other one may hold documents that this one has, too.
  const ends = pages.flatMap((page) => (page.length === limit ? (page.at(-1)?.id ?? []) : []));
  const until = ends.toSorted().at(0);
  const ids = [...new Set(pages.flat().map(({ id }) => id))].filter((id) => until === undefined || id <= until);
  let open = differing(ids, pages);
  for (let attempt = 1; attempt < ATTEMPTS && open.some(({ versions: [one, other] }) => one !== other); attempt++) {
    await clock.sleep(PAUSE);
    const some = open.map(({ id }) => id);
    open = differing(some, await Promise.all(collections.map((collection) => documents.get(collection, some))));
  }
  return { compared: ids.length, differences: open, after: until };
};

const differing = (ids: readonly string[], [ones = [], others = []]: readonly (readonly StoredDocument[])[]): readonly Difference[] => {
  const [left, right] = [ones, others].map((all) => new Map(all.map((document) => [document.id, document])));
  return ids.flatMap((id): Difference | readonly never[] => {
    const [one, other] = [left?.get(id), right?.get(id)];
    const fields = [...new Set([...Object.keys(one?.value ?? {}), ...Object.keys(other?.value ?? {})])];
    const differ = fields.filter((field) => !isDeepStrictEqual(one?.value[field], other?.value[field]));
    const isSame =
      differ.length === 0 && one?.version === other?.version && one?.stream === other?.stream && one?.deleted === other?.deleted;
    return isSame ? [] : { id, versions: [one?.version ?? null, other?.version ?? null], fields: differ.toSorted() };
  });
};
