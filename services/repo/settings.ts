import { networks, setting, type ValuesOf, whole } from "../chassis/process/setting.ts";

/** The settings of the repo service. */
export const settings = {
  privateNetworks: setting(
    "PITRIX_REPO_PRIVATE_NETWORKS",
    "Private networks and servers at which repositories are allowed, besides all public addresses",
    "none, all, or 10.0.0.0/8,127.0.0.1:8080,...",
    "none",
    networks,
  ),
  indexSeconds: setting(
    "PITRIX_REPO_INDEX_SECONDS",
    "How long after its last indexing run a repository is indexed again that does not say so itself; 0 for never",
    "0 to 100000000",
    "86400",
    whole(0, 100_000_000),
  ),
};

export type RepoValues = ValuesOf<typeof settings>;
