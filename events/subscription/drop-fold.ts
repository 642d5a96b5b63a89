import type { Ports } from "../ports.ts";

/**
 * Removes the collection of an abandoned fold, with the positions and parked events of its subscription. Positions are removed first and
 * documents last: a fold that starts again after a crash in between reads everything from the start.
 */
export const dropFold = async ({ documents, parking }: Pick<Ports, "documents" | "parking">, collection: string): Promise<void> => {
  await documents.forgetPositions(collection);
  await parking.forget(collection);
  await documents.drop(collection);
};
