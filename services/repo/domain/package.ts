import type { Decider } from "../../../events/index.ts";
import type { PackageEvent, PackageListed, PackageUnlisted } from "../../../schemas/generated/events.ts";

export type PackageCommand =
  | (Omit<PackageListed, "type"> & { readonly type: "ListPackage" })
  | (Omit<PackageUnlisted, "type"> & { readonly type: "UnlistPackage" });

/** `run` is the number of the last indexing run that reported the package. */
export type Package =
  | { readonly status: "absent"; readonly run: 0 }
  | { readonly status: "listed"; readonly run: number; readonly fingerprint: string; readonly digest: string }
  | { readonly status: "unlisted"; readonly run: number };

/**
 * A package of a repository: one name and version. Reports of an earlier run are ignored once a later run has reported.
 * Each run announces its packages even if an earlier, failed run announced the same ones, because the catalogue counts them per run.
 */
export const packageDecider: Decider<PackageCommand, PackageEvent, Package> = {
  key: "packageId",
  initialState: { status: "absent", run: 0 },

  decide: {
    ListPackage: (found, state) => {
      if (found.run < state.run) return [];
      const same =
        state.status === "listed" && found.run === state.run && found.fingerprint === state.fingerprint && found.digest === state.digest;
      return same ? [] : [{ ...found, type: "PackageListed" }];
    },

    UnlistPackage: (found, state) => {
      if (found.run < state.run) return [];
      return state.status === "unlisted" && found.run === state.run ? [] : [{ ...found, type: "PackageUnlisted" }];
    },
  },

  evolve: {
    PackageListed: (_, { run, fingerprint, digest }) => ({ status: "listed", run, fingerprint, digest }),
    PackageUnlisted: (_, { run }) => ({ status: "unlisted", run }),
  },
};
