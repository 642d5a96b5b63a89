import type { Blobs } from "../../../events/ports.ts";
import { readSummary } from "../../../services/packages/reading.ts";
import type { RepoCommand } from "../../../services/repo/domain/repo.ts";
import { readEntriesHere } from "../../../services/repo/index-entries.ts";
import type { RepoOutside } from "../../../services/repo/ports.ts";

export const settings = {
  name: "demo",
  description: "",
  repoType: "http",
  url: "http://repository/devkit",
  sealedCredential: null,
  visibility: "public",
  providers: ["local"],
  labels: "",
  selectors: "",
  categoryIds: ["ctg-uncategorized"],
  appDefaultStatus: "draft",
  syncSeconds: -1,
} as const;
export const developer = { userId: "usr-dev", ownerPath: ":usr-dev" } as const;
export const owned = { owner: "usr-dev", ownerPath: ":usr-dev" } as const;

/** The command that registers a repository. */
export const createRepo = (more: Partial<Extract<RepoCommand, { type: "CreateRepo" }>> = {}): RepoCommand => ({
  type: "CreateRepo",
  repoId: "repo-1",
  repoEventId: "repoe-1",
  ...settings,
  ...owned,
  ...more,
});
export const unchanged = {
  name: undefined,
  description: undefined,
  repoType: undefined,
  url: undefined,
  sealedCredential: undefined,
  visibility: undefined,
  providers: undefined,
  labels: undefined,
  selectors: undefined,
  categoryIds: undefined,
  appDefaultStatus: undefined,
  syncSeconds: undefined,
} as const;

/** An outside in which secrets are not sealed and indexes are read in this process. */
export const outsideWith =
  (given: Pick<RepoOutside, "readFile"> & Partial<RepoOutside>) =>
  ({ blobs }: { readonly blobs: Blobs }): RepoOutside => ({
    readEntries: readEntriesHere,
    readSummary,
    holding: { index: (_, work) => work(), archive: (_, work) => work() },
    deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
    blobs,
    open: async (sealed) => sealed,
    destroyKey: async () => {},
    runs: () => false,
    vendorOf: async () => "",
    ...given,
  });
