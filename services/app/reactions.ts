import type { Reactions } from "../chassis/events.ts";
import type { AppCommand } from "./domain/app.ts";
import type { RepoAdoptionCommand } from "./domain/repo-adoption.ts";

/** The catalogue adopts the packages that repositories list, and counts them for the indexing run. */
export const reactions: Reactions<AppCommand | RepoAdoptionCommand> = {
  PackageListed: [
    { issues: "AdoptPackage", given: ({ type: _, ...listed }) => listed },
    { issues: "CountAdoption", given: ({ repoEventId, packageId }) => ({ repoEventId, packageId }) },
  ],
  PackageUnlisted: [
    { issues: "WithdrawPackage", given: ({ appId, versionId }) => ({ appId, versionId }) },
    { issues: "CountAdoption", given: ({ repoEventId, packageId }) => ({ repoEventId, packageId }) },
  ],
  RepoIndexed: {
    issues: "ExpectAdoptions",
    given: ({ repoId, repoEventId, listed, unlisted }) => ({ repoEventId, repoId, expected: listed + unlisted }),
  },
};
