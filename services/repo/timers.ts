import type { TimerRow, Timers } from "../../events/index.ts";
import type { RepoEvent, RepoIndexingFailed, RepoIndexingSucceeded } from "../../schemas/generated/events.ts";
import type { RepoCommand } from "./domain/repo.ts";
import { idFrom } from "./identifiers.ts";
import type { RepoValues } from "./settings.ts";

type Settings = Pick<RepoValues, "indexSeconds">;

const indexAgain: TimerRow<RepoCommand, RepoIndexingSucceeded | RepoIndexingFailed, Settings> = {
  issues: "IndexRepoAgain",
  after: ({ syncSeconds }, { indexSeconds }) => {
    const seconds = syncSeconds < 0 ? indexSeconds : syncSeconds;
    return seconds > 0 ? seconds * 1_000 : undefined;
  },
  given: ({ repoId, repoEventId }, { eventId }) => ({ repoId, repoEventId: `repoe-${idFrom(eventId)}`, after: repoEventId }),
};

/** Starts the next indexing run after the interval of the repository, or else of the platform, however the last run ended. */
export const timers: Timers<RepoCommand, RepoEvent, Settings> = {
  RepoIndexingSucceeded: indexAgain,
  RepoIndexingFailed: indexAgain,
};
