import type { Collection } from "mongodb";

/** How far a subscription is in a partition; its id is `subscription|topic|partition`. */
export type Position = { readonly _id: string; readonly offset: number };

/** Lets every subscription read a topic from its start. Returns the number of positions. */
export const readAgain = async (positions: Collection<Position>, topic: string): Promise<number> => {
  const own = (await positions.find({}, { projection: { _id: 1 } }).toArray()).filter(({ _id }) => _id.split("|")[1] === topic);
  // Not removed: reactions without a position would begin at the end.
  await positions.updateMany({ _id: { $in: own.map(({ _id }) => _id) } }, { $set: { offset: 0 } });
  return own.length;
};
