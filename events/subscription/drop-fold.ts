import type { Ports } from "../ports.ts";

/**
 * Removes the collection of a read model that nobody feeds any more, and all that its subscription keeps. The positions go first and the documents
 * last: a fold that is begun again after a half-done drop reads everything from the start, and nothing that was parked is missing from it.
 */
export const dropFold = async ({ documents, parking }: Pick<Ports, "documents" | "parking">, collection: string): Promise<void> => {
  await documents.forgetPositions(collection);
  await parking.forget(collection);
  await documents.drop(collection);
};
