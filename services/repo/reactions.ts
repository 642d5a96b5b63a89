import type { Reactions } from "../../events/reaction.ts";
import type { RepoCommand } from "./domain/repo.ts";

/** A run has succeeded once the app catalogue has taken over all that it announced. */
export const reactions: Reactions<RepoCommand> = {
  RepoIndexAdopted: ({ repoId, repoEventId }) => ({ type: "ConfirmAdoption", repoId, repoEventId }),
};
