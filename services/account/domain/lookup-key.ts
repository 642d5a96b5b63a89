import type { Decider } from "../../../events/index.ts";
import type { LookupKeyEvent, Sealed } from "../../../schemas/generated/events.ts";

export type LookupKeyCommand = { type: "CreateLookupKey"; lookupKeyId: string; sealedKey: Sealed };

export type LookupKey = { readonly sealedKey: Sealed | undefined };

/** The id of the only one there is: all instances, and all starts, use the same. */
export const LOOKUP_KEY = "people";

/** The key of the hashes that people are found by. It outlives the platform key, so that an address has the same hash after a rotation. */
export const lookupKey: Decider<LookupKeyCommand, LookupKeyEvent, LookupKey> = {
  key: "lookupKeyId",
  initialState: { sealedKey: undefined },
  decide: {
    CreateLookupKey: ({ lookupKeyId, sealedKey }, state) => (state.sealedKey ? [] : [{ type: "LookupKeyCreated", lookupKeyId, sealedKey }]),
  },
  evolve: { LookupKeyCreated: (_, { sealedKey }) => ({ sealedKey }) },
};
