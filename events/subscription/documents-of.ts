import { Outage } from "../outage.ts";
import type { Condition, Documents, StoredDocument } from "../ports.ts";
import type { AnyProjection } from "../projection.ts";
import { readable } from "./pointer.ts";

/** Reads documents without an instance: the pointer is read each time. */
export const documentsOf = (projections: readonly AnyProjection[], documents: Pick<Documents, "pointers" | "get" | "find">) => {
  const collectionOf = async (model: string): Promise<string> => {
    const projection = projections.find(({ name }) => name === model);
    if (!projection) throw new Error(`the service has no read model ${model}`);
    const collection = readable(
      (await documents.pointers()).find((pointer) => pointer.model === model),
      projection,
    );
    if (collection === undefined) throw new Outage(`the read model ${model} is being filled`);
    return collection;
  };
  return {
    get: async (model: string, id: string): Promise<StoredDocument["value"] | undefined> => {
      const [found] = await documents.get(await collectionOf(model), [id]);
      return found && !found.deleted ? found.value : undefined;
    },
    find: async (model: string, where: readonly Condition[], limit: number): Promise<readonly Pick<StoredDocument, "id" | "value">[]> =>
      (await documents.find(await collectionOf(model), { where, offset: 0, limit })).documents,
  };
};
