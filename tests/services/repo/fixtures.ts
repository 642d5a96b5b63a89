import type { RepoCommand } from "../../../services/repo/domain/repo.ts";

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
} as const;
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
} as const;
