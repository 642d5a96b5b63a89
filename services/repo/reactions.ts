import type { Reactions } from "../chassis/events.ts";
import type { RepoCommand } from "./domain/repo.ts";

/** An indexing run succeeds once the app catalogue has adopted every package that the run announced. */
export const reactions: Reactions<RepoCommand> = {
  RepoIndexAdopted: { issues: "ConfirmAdoption", given: ({ repoId, repoEventId }) => ({ repoId, repoEventId }) },
};
