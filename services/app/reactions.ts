import type { Reactions } from "../../events/reaction.ts";
import type { AppCommand } from "./domain/app.ts";
import type { RepoAdoptionCommand } from "./domain/repo-adoption.ts";

/** The catalogue follows the repositories, and counts a package once it is there. */
export const reactions: Reactions<AppCommand | RepoAdoptionCommand> = {
  PackageListed: (offer) => [
    { ...offer, type: "AdoptPackage" },
    { type: "CountAdoption", repoEventId: offer.repoEventId, packageId: offer.packageId },
  ],
  PackageUnlisted: ({ appId, versionId, repoEventId, packageId }) => [
    { type: "WithdrawPackage", appId, versionId },
    { type: "CountAdoption", repoEventId, packageId },
  ],
  RepoIndexed: ({ repoId, repoEventId, listed, unlisted }) => ({
    type: "ExpectAdoptions",
    repoEventId,
    repoId,
    expected: listed + unlisted,
  }),
};
