import type { Decider } from "../../../events/index.ts";
import type { PackageEvent, PackageListed, PackageUnlisted } from "../../../schemas/generated/events.ts";

export type PackageCommand =
  | (Omit<PackageListed, "type"> & { readonly type: "ListPackage" })
  | (Omit<PackageUnlisted, "type"> & { readonly type: "UnlistPackage" });

/** `run` is the number of the last indexing run that had a say. */
export type Package =
  | { readonly status: "absent"; readonly run: 0 }
  | { readonly status: "listed"; readonly run: number; readonly fingerprint: string; readonly digest: string }
  | { readonly status: "unlisted"; readonly run: number };

/**
 * What a repository offers under one name and version. A run that was overtaken by a later one has no say,
 * and each run announces what it found even if the run before, which failed, found the same: the catalogue counts.
 */
export const packageDecider: Decider<PackageCommand, PackageEvent, Package> = {
  key: "packageId",
  initialState: { status: "absent", run: 0 },

  decide: {
    ListPackage: (offer, state) => {
      if (offer.run < state.run) return [];
      const same =
        state.status === "listed" && offer.run === state.run && offer.fingerprint === state.fingerprint && offer.digest === state.digest;
      return same ? [] : [{ ...offer, type: "PackageListed" }];
    },

    UnlistPackage: (offer, state) => {
      if (offer.run < state.run) return [];
      return state.status === "unlisted" && offer.run === state.run ? [] : [{ ...offer, type: "PackageUnlisted" }];
    },
  },

  evolve: {
    PackageListed: (_, { run, fingerprint, digest }) => ({ status: "listed", run, fingerprint, digest }),
    PackageUnlisted: (_, { run }) => ({ status: "unlisted", run }),
  },
};
