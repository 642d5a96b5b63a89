import type { Effects } from "../../events/index.ts";
import type { RuntimeCredentialEvent } from "../../schemas/generated/events.ts";
import { destroyLapsed, type KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { RuntimeCredential, RuntimeCredentialCommand } from "./domain.ts";

const lapses = destroyLapsed<RuntimeCredentialCommand, "NoteKeysDestroyed", { readonly runtimeCredentialId: string }, RuntimeCredential>(
  "NoteKeysDestroyed",
  ({ lapsed }) => lapsed,
  ({ runtimeCredentialId }) => ({ type: "NoteKeysDestroyed", runtimeCredentialId }),
);

/** The key of a content that was replaced or deleted is destroyed. */
export const credentialEffects: Effects<KeyDestroyer, RuntimeCredentialCommand, RuntimeCredentialEvent, RuntimeCredential> = {
  RuntimeCredentialModified: lapses,
  RuntimeCredentialDeleted: lapses,
};
