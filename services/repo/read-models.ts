import type { Meta } from "../../events/index.ts";
import { type Owned, ownedBy, unowned } from "../chassis/access/ownership.ts";
import type { Projection } from "../chassis/events.ts";
import type { ProviderDocument } from "../chassis/providers.ts";
import { type CategoryLink, linked } from "../packages/category-links.ts";
import type { RepoSettings } from "./domain/repo.ts";
import { pairsOf } from "./query-string.ts";

type Row = Owned & { readonly create_time: string; readonly status_time: string };
const empty: Row = { ...unowned, create_time: "", status_time: "" };

export type RepoDocument = Row & {
  readonly repo_id: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly url: string;
  /** Asterisks if the repository has a credential. */
  readonly credential: string;
  readonly visibility: string;
  readonly providers: readonly string[];
  readonly labels: readonly { readonly label_key: string; readonly label_value: string; readonly create_time: string }[];
  readonly selectors: readonly { readonly selector_key: string; readonly selector_value: string; readonly create_time: string }[];
  /** The labels as `key=value`, for filters. */
  readonly label_pairs: readonly string[];
  readonly selector_pairs: readonly string[];
  readonly status: "active" | "deleted";
  readonly category_set: readonly CategoryLink[];
  /** The enabled categories, for filters, and all linked categories, for joins. */
  readonly category_ids: readonly string[];
  readonly linked_category_ids: readonly string[];
  readonly app_default_status: string;
  readonly sync_seconds: number;
  /** Asterisks if the repository has a token for SyncRepo. */
  readonly sync_token: string;
  readonly controller: number;
};

/** All repositories, as users see them. */
export const repos: Projection<RepoDocument> = {
  name: "repos",
  version: 4,
  indexes: ["status"],
  initialState: {
    ...empty,
    repo_id: "",
    name: "",
    description: "",
    type: "",
    url: "",
    credential: "",
    visibility: "",
    providers: [],
    labels: [],
    selectors: [],
    label_pairs: [],
    selector_pairs: [],
    status: "active",
    category_set: [],
    category_ids: [],
    linked_category_ids: [],
    app_default_status: "",
    sync_seconds: -1,
    sync_token: "",
    controller: 0,
  },

  evolve: {
    RepoCreated: (repo, { repoId, owner, ownerPath, controller, ...settings }, { time }) => ({
      ...repo,
      ...described(repo, settings, time),
      repo_id: repoId,
      controller,
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
      status_time: time,
    }),
    RepoModified: (repo, settings, { time }) => ({ ...repo, ...described(repo, settings, time) }),
    RepoDeleted: (repo, _, { time }) => ({ ...repo, status: "deleted", status_time: time, sync_token: "" }),
    RepoSyncTokenSet: (repo) => ({ ...repo, sync_token: "******" }),
    RepoSyncTokenRevoked: (repo) => ({ ...repo, sync_token: "" }),
  },
};

const described = (repo: RepoDocument, settings: RepoSettings, time: string) => {
  const { name, description, repoType, url, sealedCredential, visibility, providers, appDefaultStatus, syncSeconds } = settings;
  const [labels, selectors] = [pairsOf(settings.labels), pairsOf(settings.selectors)];
  return {
    name,
    description,
    type: repoType,
    url,
    credential: sealedCredential === null ? "" : "******",
    visibility,
    providers,
    labels: labels.map(({ key, value }) => ({ label_key: key, label_value: value, create_time: time })),
    selectors: selectors.map(({ key, value }) => ({ selector_key: key, selector_value: value, create_time: time })),
    label_pairs: labels.map(({ key, value }) => `${key}=${value}`),
    selector_pairs: selectors.map(({ key, value }) => `${key}=${value}`),
    category_set: linked(repo.category_set, settings.categoryIds, time),
    category_ids: settings.categoryIds,
    linked_category_ids: [...new Set([...repo.linked_category_ids, ...settings.categoryIds])],
    app_default_status: appDefaultStatus,
    sync_seconds: syncSeconds,
  };
};

export type RepoEventDocument = Row & {
  readonly repo_event_id: string;
  readonly repo_id: string;
  readonly status: "pending" | "successful" | "failed";
  /** Packages that the run has listed so far. */
  readonly listed: number;
  /** Why the run failed, or what it has skipped. */
  readonly result: string;
};

/** The indexing runs, as users see them. A run is pending until the app catalogue has adopted all its packages. */
export const repoEvents: Projection<RepoEventDocument> = {
  name: "repoEvents",
  version: 3,
  indexes: ["repo_id", "status"],
  initialState: { ...empty, repo_event_id: "", repo_id: "", status: "pending", listed: 0, result: "" },
  key: {
    RepoIndexingRequested: ({ repoEventId }) => repoEventId,
    RepoListingRecorded: ({ repoEventId }) => repoEventId,
    RepoIndexed: ({ repoEventId }) => repoEventId,
    RepoIndexingSucceeded: ({ repoEventId }) => repoEventId,
    RepoIndexingFailed: ({ repoEventId }) => repoEventId,
  },

  evolve: {
    RepoIndexingRequested: (_, { repoEventId, repoId, owner, ownerPath }, { time }) => ({
      repo_event_id: repoEventId,
      repo_id: repoId,
      status: "pending",
      listed: 0,
      result: "",
      ...ownedBy({ owner, ownerPath }),
      create_time: time,
      status_time: time,
    }),
    RepoListingRecorded: (run, { packages }) => ({
      ...run,
      // What has no fingerprint is announced only.
      listed: run.listed + packages.filter(({ fingerprint }) => fingerprint !== "").length,
    }),
    RepoIndexed: (run, { skipped }) => ({ ...run, result: skipped.length === 0 ? "" : `skipped: ${skipped.join("; ")}` }),
    RepoIndexingSucceeded: (run, _, { time }: Meta) => ({ ...run, status: "successful", status_time: time }),
    RepoIndexingFailed: (run, { reason }, { time }: Meta) => ({ ...run, status: "failed", result: reason, status_time: time }),
  },
};

export type RepoSyncTokenDocument = {
  readonly repo_id: string;
  /** Empty where no token is good. */
  readonly token_digest: string;
};

/** The digests of the tokens for SyncRepo, which no operation shows. */
export const repoSyncTokens: Projection<RepoSyncTokenDocument> = {
  name: "repoSyncTokens",
  version: 1,
  initialState: { repo_id: "", token_digest: "" },

  evolve: {
    RepoSyncTokenSet: (_, { repoId, tokenDigest }) => ({ repo_id: repoId, token_digest: tokenDigest }),
    RepoSyncTokenRevoked: (token) => ({ ...token, token_digest: "" }),
    RepoDeleted: (token, { repoId }) => ({ ...token, repo_id: repoId, token_digest: "" }),
  },
};

export type CategoryDocument = {
  readonly category_id: string;
  readonly name: string;
  readonly locale: string;
  readonly status: "there" | "deleted";
};

/** The categories of the app catalogue, which repositories use too. Deleted ones stay, because links to them are shown as disabled. */
export const categories: Projection<CategoryDocument> = {
  name: "categories",
  version: 1,
  initialState: { category_id: "", name: "", locale: "", status: "there" },

  evolve: {
    CategoryCreated: (_, { categoryId, name, locale }) => ({ category_id: categoryId, name, locale, status: "there" }),
    CategoryModified: (_, { categoryId, name, locale }) => ({ category_id: categoryId, name, locale, status: "there" }),
    CategoryDeleted: (category) => ({ ...category, status: "deleted" }),
  },
};

export type RepoReadModels = {
  readonly repos: RepoDocument;
  readonly repoEvents: RepoEventDocument;
  readonly repoSyncTokens: RepoSyncTokenDocument;
  readonly categories: CategoryDocument;
  readonly providers: ProviderDocument;
};
