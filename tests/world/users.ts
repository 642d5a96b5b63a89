import type { MemoryDatabase } from "../../events/memory/database.ts";
import { memoryDocuments } from "../../events/memory/documents.ts";
import { kind } from "../../events/memory/fate.ts";
import type { Clock } from "../../events/ports.ts";
import { collections } from "../../events/subscription/collections.ts";
import { type AccessDocument, access } from "../../services/chassis/access/access.ts";
import { newKeyPair, signToken } from "../../services/chassis/access/tokens.ts";

export type Known = Partial<AccessDocument> & Pick<AccessDocument, "kind">;

/** A document in a database, as events of other services or of another day would have made it. */
export const putInto = (database: MemoryDatabase, collection: string, id: string, stream: string, value: object): Promise<boolean> =>
  memoryDocuments(database, kind).write(collection, [
    { document: { id, stream, version: 1, deleted: false, value: { ...value } }, expected: 0 },
  ]);

/** Users, roles and a key that signs tokens, as each service knows them from the account service. */
export const users = async ({ now }: Clock) => {
  const { publicJwk, privateJwk } = await newKeyPair();
  const all = new Map<string, Known>([["signingKey/key-1", { kind: "key", publicJwk }]]);
  const collection = collections([access]).of(access.name);
  const tell = (database: MemoryDatabase, id: string, value: Known) => {
    const groupIds = value.groupPath ? [value.groupPath.slice(value.groupPath.lastIndexOf(":") + 1)] : [];
    return putInto(database, collection, id, id, { ...access.initialState, groupIds, ...value });
  };
  return {
    /** Makes a service know a user (`user/usr-1`) or a role (`role/role-1`). */
    know: async (databases: Iterable<MemoryDatabase>, id: string, value: Known): Promise<void> => {
      all.set(id, value);
      for (const database of databases) await tell(database, id, value);
    },
    /** Makes a service that begins know whom the others know. */
    introduce: async (database: MemoryDatabase): Promise<void> => {
      for (const [id, value] of all) await tell(database, id, value);
    },
    token: (userId: string, seconds = 600): Promise<string> =>
      signToken({ keyId: "key-1", privateJwk }, "access", userId, seconds, {}, now()),
  };
};
