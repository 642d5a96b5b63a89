import type { Timers } from "../../events/effect.ts";
import type { Meta } from "../../events/message.ts";
import type { RepoEvent } from "../../schemas/generated/events.ts";
import type { RepoCommand } from "./domain/repo.ts";
import { idFrom } from "./identifiers.ts";

/** Some time after a run has ended, however it ended, comes the next one. */
export const timers = (milliseconds: number): Timers<RepoCommand, RepoEvent> => {
  const timer = {
    after: () => milliseconds,
    command: ({ repoId, repoEventId }: { readonly repoId: string; readonly repoEventId: string }, { eventId }: Meta): RepoCommand => ({
      type: "IndexRepoAgain",
      repoId,
      repoEventId: `repoe-${idFrom(eventId)}`,
      after: repoEventId,
    }),
  };
  return { RepoIndexingSucceeded: timer, RepoIndexingFailed: timer };
};
