import type { Reactions } from "../chassis/events.ts";
import type { AppCommand } from "./domain/app.ts";
import type { RepoAdoptionCommand } from "./domain/repo-adoption.ts";

/** The catalogue follows the repositories, and counts a package once it is there. */
export const reactions: Reactions<AppCommand | RepoAdoptionCommand> = {
  PackageListed: [
    { issues: "AdoptPackage", given: ({ type: _, ...offer }) => offer },
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
