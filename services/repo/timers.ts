import type { TimerRow, Timers } from "../../events/index.ts";
import type { RepoEvent, RepoIndexingFailed, RepoIndexingSucceeded } from "../../schemas/generated/events.ts";
import type { RepoCommand } from "./domain/repo.ts";
import { idFrom } from "./identifiers.ts";
import type { RepoValues } from "./settings.ts";

type Settings = Pick<RepoValues, "indexSeconds">;

const indexAgain: TimerRow<RepoCommand, RepoIndexingSucceeded | RepoIndexingFailed, Settings> = {
  issues: "IndexRepoAgain",
  after: (_, { indexSeconds }) => (indexSeconds > 0 ? indexSeconds * 1_000 : undefined),
  given: ({ repoId, repoEventId }, { eventId }) => ({ repoId, repoEventId: `repoe-${idFrom(eventId)}`, after: repoEventId }),
};

/** Some time after a run has ended, however it ended, the next one starts, if the settings say so. */
export const timers: Timers<RepoCommand, RepoEvent, Settings> = {
  RepoIndexingSucceeded: indexAgain,
  RepoIndexingFailed: indexAgain,
};
