import type { Reactions } from "../chassis/events.ts";
import type { RepoCommand } from "./domain/repo.ts";

/** A run has succeeded once the app catalogue has taken over all that it announced. */
export const reactions: Reactions<RepoCommand> = {
  RepoIndexAdopted: { issues: "ConfirmAdoption", given: ({ repoId, repoEventId }) => ({ repoId, repoEventId }) },
};
