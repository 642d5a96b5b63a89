import type { Decider } from "../../../events/index.ts";
import type { RepoAdoptionEvent } from "../../../schemas/generated/events.ts";

export type RepoAdoptionCommand =
  | { readonly type: "CountAdoption"; readonly repoEventId: string; readonly packageId: string }
  | { readonly type: "ExpectAdoptions"; readonly repoEventId: string; readonly repoId: string; readonly expected: number };

export type RepoAdoption = {
  /** Package ids by their first letter, so that adding one of ten thousand does not copy them all. */
  readonly adopted: ReadonlyMap<string, ReadonlySet<string>>;
  readonly count: number;
  /** Null until the run has reported the number of packages. */
  readonly expected: { readonly repoId: string; readonly count: number } | null;
};

/** Counts the packages of an indexing run that have reached the catalogue. Packages and their number may arrive in any order. */
export const repoAdoption: Decider<RepoAdoptionCommand, RepoAdoptionEvent, RepoAdoption> = {
  key: "repoEventId",
  initialState: { adopted: new Map(), count: 0, expected: null },

  decide: {
    CountAdoption: ({ repoEventId, packageId }, { adopted, count, expected }) => {
      if (adopted.get(letterOf(packageId))?.has(packageId)) return [];
      const complete = expected !== null && count + 1 === expected.count;
      return [
        { type: "PackageAdopted", repoEventId, packageId },
        ...(complete ? [{ type: "RepoIndexAdopted" as const, repoEventId, repoId: expected.repoId }] : []),
      ];
    },

    ExpectAdoptions: ({ repoEventId, repoId, expected: wanted }, { count, expected }) => {
      if (expected !== null) return [];
      return [
        { type: "RepoAdoptionExpected", repoEventId, repoId, expected: wanted },
        ...(count >= wanted ? [{ type: "RepoIndexAdopted" as const, repoEventId, repoId }] : []),
      ];
    },
  },

  evolve: {
    PackageAdopted: (state, { packageId }) => {
      const same = new Set(state.adopted.get(letterOf(packageId))).add(packageId);
      return { ...state, adopted: new Map(state.adopted).set(letterOf(packageId), same), count: state.count + 1 };
    },
    RepoAdoptionExpected: (state, { repoId, expected }) => ({ ...state, expected: { repoId, count: expected } }),
    RepoIndexAdopted: (state) => state,
  },
};

const letterOf = (packageId: string): string => packageId.slice(0, 1);
