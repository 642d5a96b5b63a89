import type { Effects } from "../../events/index.ts";
import type { UserEvent } from "../../schemas/generated/events.ts";
import { destroyLapsed, type KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { User, UserCommand } from "./domain/user.ts";

const lapses = destroyLapsed<UserCommand, "NoteKeysDestroyed", { readonly userId: string }, User>(
  "NoteKeysDestroyed",
  ({ lapsed }) => lapsed,
  ({ userId }) => ({ type: "NoteKeysDestroyed", userId }),
);

/** The key of what is no longer known of a person is destroyed: nobody can read it any more, wherever it is stored. */
export const userEffects: Effects<KeyDestroyer, UserCommand, UserEvent, User> = {
  UserModified: lapses,
  UserDeleted: lapses,
};
