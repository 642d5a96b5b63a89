import type { Decider, Rejection } from "../../../events/index.ts";
import type { RecordedPackage, RepoCreated, RepoEvent, RepoModified, Sealed } from "../../../schemas/generated/events.ts";
import { withoutUserinfo } from "../access.ts";

/** The settings of a repository that its owner may change. */
export type RepoSettings = Omit<RepoModified, "type" | "repoId">;

export type RepoCommand =
  | (Omit<RepoCreated, "type" | "controller"> & { readonly type: "CreateRepo"; readonly repoEventId: string })
  | { readonly type: "EstablishRepo"; readonly repoId: string }
  | ({ readonly type: "ModifyRepo"; readonly repoId: string; readonly repoEventId: string } & {
      readonly [S in keyof RepoSettings]: RepoSettings[S] | undefined;
    })
  | { readonly type: "DeleteRepo"; readonly repoId: string; readonly repoEventId: string }
  | { readonly type: "IndexRepo"; readonly repoId: string; readonly repoEventId: string }
  | { readonly type: "SetRepoSyncToken"; readonly repoId: string; readonly tokenDigest: string }
  | { readonly type: "RevokeRepoSyncToken"; readonly repoId: string }
  | { readonly type: "SyncRepo"; readonly repoId: string; readonly repoEventId: string }
  | { readonly type: "IndexRepoAgain"; readonly repoId: string; readonly repoEventId: string; readonly after: string }
  | {
      readonly type: "RecordListing";
      readonly repoId: string;
      readonly repoEventId: string;
      readonly packages: readonly RecordedPackage[];
      readonly unlisted: readonly string[];
    }
  | {
      readonly type: "FinishIndexing";
      readonly repoId: string;
      readonly repoEventId: string;
      readonly count: number;
      readonly indexFingerprint: string;
      readonly indexEtag: string;
      readonly skipped: readonly string[];
    }
  | { readonly type: "FailIndexing"; readonly repoId: string; readonly repoEventId: string; readonly reason: string }
  | { readonly type: "ConfirmAdoption"; readonly repoId: string; readonly repoEventId: string };

/** The current indexing run: it reads the repository, then the app catalogue adopts the changes. */
export type Indexing = {
  readonly repoEventId: string;
  readonly stage: "reading" | "adopting";
  /** The packages that this run has announced. */
  readonly listed: ReadonlySet<string>;
  readonly unlisted: ReadonlySet<string>;
};
export type RegisteredRepo = {
  readonly status: "active" | "deleted";
  readonly internal: boolean;
  readonly settings: RepoSettings;
  /** Sealed credentials that are no longer in use. The next run destroys their keys. */
  readonly lapsed: readonly Sealed[];
  readonly owner: string;
  readonly ownerPath: string;
  /** The number of indexing runs so far. */
  readonly run: number;
  readonly lastRun: string;
  readonly indexing: Indexing | null;
  /** The run that follows the one under way; empty if none does. */
  readonly queued: string;
  /** Empty without a token. */
  readonly tokenDigest: string;
  /** The fingerprint of the index that matches the listed packages exactly; empty if unknown. */
  readonly indexFingerprint: string;
  /** What its server knows that index by, an entity tag or a time; empty if it said neither. */
  readonly indexEtag: string;
  /** What of it cannot be listed, and why. */
  readonly skipped: readonly string[];
  /** The packages that are listed or about to be listed. */
  readonly packages: ReadonlyMap<string, RecordedPackage>;
};
export type Repo = { readonly status: "absent" } | RegisteredRepo;

/** A repository of application packages. It starts indexing runs, one at a time, and records its listed packages. */
export const repo: Decider<RepoCommand, RepoEvent, Repo> = {
  key: "repoId",
  initialState: { status: "absent" },

  decide: {
    CreateRepo: ({ repoEventId, ...registration }, { status }) => {
      if (status !== "absent") return [];
      const { repoId, owner, ownerPath } = registration;
      const wrong = wrongIn(registration);
      if (wrong) return wrong;
      return [
        { ...registration, type: "RepoCreated", controller: 0 },
        { type: "RepoIndexingRequested", repoId, repoEventId, run: 1, owner, ownerPath },
      ];
    },

    EstablishRepo: ({ repoId }, { status }) => (status === "absent" ? [{ type: "RepoCreated", repoId, ...internal(repoId) }] : []),

    ModifyRepo: ({ type: _, repoId, repoEventId, ...changes }, state) => {
      if (state.status !== "active") return gone(repoId, state);
      const wrong = wrongIn(changes);
      if (wrong) return wrong;
      const settings = changed(state.settings, changes);
      if (JSON.stringify(settings) === JSON.stringify(state.settings)) return [];
      const modified = { type: "RepoModified", repoId, ...settings } as const;
      return differs(reindexed, settings, state.settings) && !state.internal
        ? [modified, ...start(repoId, repoEventId, state, "the repository was changed")]
        : [modified];
    },

    DeleteRepo: ({ repoId, repoEventId }, state) => {
      if (state.status === "deleted") return [];
      if (state.status === "absent") return gone(repoId, state);
      if (state.internal)
        return { rejected: `repo [${repoId}] belongs to the platform`, kind: "precondition", error: "cannot_delete_internal_repo" };
      return [{ type: "RepoDeleted", repoId }, ...start(repoId, repoEventId, state, "the repository was deleted")];
    },

    IndexRepo: ({ repoId, repoEventId }, state) => {
      if (state.status !== "active") return gone(repoId, state);
      if (state.internal) return withoutIndex(repoId);
      if (state.indexing?.repoEventId === repoEventId || state.lastRun === repoEventId) return [];
      if (state.indexing)
        return {
          rejected: `repo index event [${state.indexing.repoEventId}] is running`,
          kind: "precondition",
          error: "repo_event_running",
        };
      return start(repoId, repoEventId, state, "");
    },

    SetRepoSyncToken: ({ repoId, tokenDigest }, state) => {
      if (state.status !== "active") return gone(repoId, state);
      if (state.internal) return withoutIndex(repoId);
      return tokenDigest === state.tokenDigest ? [] : [{ type: "RepoSyncTokenSet", repoId, tokenDigest }];
    },

    RevokeRepoSyncToken: ({ repoId }, state) => {
      if (state.status !== "active") return gone(repoId, state);
      return state.tokenDigest === "" ? [] : [{ type: "RepoSyncTokenRevoked", repoId }];
    },

    SyncRepo: ({ repoId, repoEventId }, state) => {
      if (state.status !== "active") return gone(repoId, state);
      if (!state.indexing) return start(repoId, repoEventId, state, "");
      return state.queued === "" ? [{ type: "RepoSyncQueued", repoId, repoEventId }] : [];
    },

    IndexRepoAgain: ({ repoId, repoEventId, after }, state) =>
      state.status === "active" && !state.internal && !state.indexing && state.lastRun === after
        ? start(repoId, repoEventId, state, "")
        : [],

    RecordListing: ({ repoId, repoEventId, packages, unlisted }, state) => {
      if (!inHand(state, repoEventId, "reading")) return [];
      const unrecorded = packages.filter((each) => {
        const known = state.packages.get(each.packageId);
        return known === undefined || (each.fingerprint !== "" && !isRecorded(state.indexing, known, each));
      });
      const left = unlisted.filter((id) => state.packages.has(id));
      return unrecorded.length + left.length === 0
        ? []
        : [{ type: "RepoListingRecorded", repoId, repoEventId, packages: unrecorded, unlisted: left }];
    },

    FinishIndexing: ({ repoId, repoEventId, count, indexFingerprint, indexEtag, skipped }, state) =>
      inHand(state, repoEventId, "reading")
        ? [
            {
              type: "RepoIndexed",
              repoId,
              repoEventId,
              count,
              listed: state.indexing.listed.size,
              unlisted: state.indexing.unlisted.size,
              indexFingerprint,
              indexEtag,
              skipped,
            },
          ]
        : [],

    FailIndexing: ({ repoId, repoEventId, reason }, state) =>
      inHand(state, repoEventId, "reading")
        ? [{ type: "RepoIndexingFailed", repoId, repoEventId, reason, syncSeconds: nextAfter(state) }, ...queuedIn(repoId, state)]
        : [],

    ConfirmAdoption: ({ repoId, repoEventId }, state) =>
      inHand(state, repoEventId, "adopting")
        ? [{ type: "RepoIndexingSucceeded", repoId, repoEventId, syncSeconds: nextAfter(state) }, ...queuedIn(repoId, state)]
        : [],
  },

  evolve: {
    RepoCreated: (_, { type: _type, repoId: _id, controller, owner, ownerPath, ...settings }) => ({
      status: "active",
      internal: controller === 1,
      settings,
      lapsed: [],
      owner,
      ownerPath,
      run: 0,
      lastRun: "",
      indexing: null,
      queued: "",
      tokenDigest: "",
      indexFingerprint: "",
      indexEtag: "",
      skipped: [],
      packages: new Map(),
    }),
    RepoModified: registered((state, { type: _, repoId: _id, ...settings }) => ({
      ...state,
      settings,
      indexFingerprint: differs(listing, settings, state.settings) ? "" : state.indexFingerprint,
      lapsed: settings.sealedCredential === state.settings.sealedCredential ? state.lapsed : lapsedIn(state),
    })),
    RepoDeleted: registered((state) => ({ ...state, status: "deleted", lapsed: lapsedIn(state) })),
    RepoIndexingRequested: registered((state, { repoEventId, run }) => ({
      ...state,
      run,
      lastRun: repoEventId,
      queued: "",
      indexing: { repoEventId, stage: "reading", listed: new Set(), unlisted: new Set() },
    })),
    RepoListingRecorded: registered((state, { packages, unlisted }) => {
      const recorded = new Map(state.packages);
      for (const each of packages) recorded.set(each.packageId, each);
      for (const id of unlisted) recorded.delete(id);
      const listed = packages.filter(({ fingerprint }) => fingerprint !== "").map(({ packageId }) => packageId);
      return {
        ...state,
        packages: recorded,
        indexFingerprint: "",
        indexing: state.indexing && announced(state.indexing, listed, unlisted),
      };
    }),
    RepoIndexed: registered((state, { indexFingerprint, indexEtag, skipped }) => ({
      ...state,
      indexFingerprint,
      indexEtag,
      skipped,
      lapsed: [],
      indexing: state.indexing && { ...state.indexing, stage: "adopting" },
    })),
    RepoIndexingFailed: registered((state, { repoEventId }) =>
      state.indexing?.repoEventId === repoEventId ? { ...state, indexing: null } : state,
    ),
    RepoIndexingSucceeded: registered((state) => ({ ...state, indexing: null })),
    RepoSyncTokenSet: registered((state, { tokenDigest }) => ({ ...state, tokenDigest })),
    RepoSyncTokenRevoked: registered((state) => ({ ...state, tokenDigest: "" })),
    RepoSyncQueued: registered((state, { repoEventId }) => ({ ...state, queued: repoEventId })),
  },
};

/** The settings that determine what is listed, and how. */
const listing: readonly (keyof RepoSettings)[] = ["repoType", "url", "sealedCredential", "visibility", "appDefaultStatus"];
/** The settings whose change starts a run. With a changed interval it costs little, and the next one is due after this interval. */
const reindexed: readonly (keyof RepoSettings)[] = ["repoType", "url", "sealedCredential", "visibility", "syncSeconds"];
const differs = (names: readonly (keyof RepoSettings)[], one: RepoSettings, other: RepoSettings): boolean =>
  names.some((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));

/** Seconds from the end of the run in hand to the next run. */
const nextAfter = ({ status, settings, queued }: RegisteredRepo): number =>
  status === "active" && queued === "" ? settings.syncSeconds : 0;

/** The run that follows the one in hand, which has ended. */
const queuedIn = (repoId: string, state: RegisteredRepo): RepoEvent[] =>
  state.queued === "" ? [] : start(repoId, state.queued, { ...state, indexing: null }, "");

/** Starts an indexing run. A run in progress works on stale settings, so it is ended. */
const start = (repoId: string, repoEventId: string, { run, indexing, owner, ownerPath }: RegisteredRepo, why: string): RepoEvent[] => [
  ...(indexing
    ? [
        {
          type: "RepoIndexingFailed" as const,
          repoId,
          repoEventId: indexing.repoEventId,
          reason: `${why}; [${repoEventId}] takes its place`,
          syncSeconds: 0,
        },
      ]
    : []),
  { type: "RepoIndexingRequested", repoId, repoEventId, run: run + 1, owner, ownerPath },
];

const inHand = (state: Repo, repoEventId: string, stage: Indexing["stage"]): state is RegisteredRepo & { readonly indexing: Indexing } =>
  state.status !== "absent" && state.indexing?.repoEventId === repoEventId && state.indexing.stage === stage;

const isRecorded = (indexing: Indexing, known: RecordedPackage, { packageId, fingerprint }: RecordedPackage): boolean =>
  known.fingerprint === fingerprint && indexing.listed.has(packageId);

const announced = (indexing: Indexing, listed: readonly string[], unlisted: readonly string[]): Indexing => {
  const all = { listed: new Set(indexing.listed), unlisted: new Set(indexing.unlisted) };
  for (const id of listed) if (all.listed.add(id)) all.unlisted.delete(id);
  for (const id of unlisted) if (all.unlisted.add(id)) all.listed.delete(id);
  return { ...indexing, ...all };
};

const changed = (settings: RepoSettings, changes: { readonly [S in keyof RepoSettings]: RepoSettings[S] | undefined }): RepoSettings => ({
  name: changes.name ?? settings.name,
  description: changes.description ?? settings.description,
  repoType: changes.repoType ?? settings.repoType,
  url: changes.url ?? settings.url,
  sealedCredential: changes.sealedCredential === undefined ? settings.sealedCredential : changes.sealedCredential,
  visibility: changes.visibility ?? settings.visibility,
  providers: changes.providers ?? settings.providers,
  labels: changes.labels ?? settings.labels,
  selectors: changes.selectors ?? settings.selectors,
  categoryIds: changes.categoryIds ?? settings.categoryIds,
  // What somebody trusted was the repository at the former URL.
  appDefaultStatus: changes.appDefaultStatus ?? ((changes.url ?? settings.url) === settings.url ? settings.appDefaultStatus : "draft"),
  syncSeconds: changes.syncSeconds ?? settings.syncSeconds,
});

const lapsedIn = ({ lapsed, settings: { sealedCredential } }: RegisteredRepo): readonly Sealed[] =>
  sealedCredential === null ? lapsed : [...lapsed, sealedCredential];

type Given = { readonly url: string | undefined; readonly syncSeconds: number | undefined };
const wrongIn = ({ url = "", syncSeconds = 0 }: Given): Rejection | undefined => {
  // The edge moves user and password of a URL into the credential, which is sealed.
  if (withoutUserinfo(url) !== url)
    return { rejected: "the url must not hold a user or a password", kind: "invalid", error: "illegal_url_format" };
  if (syncSeconds > 0 && syncSeconds < LEAST_SECONDS)
    return {
      rejected: `sync_seconds must be at least ${LEAST_SECONDS}, or 0 for never`,
      kind: "invalid",
      error: "illegal_parameter_format",
    };
  return undefined;
};
/** The shortest interval: each run asks somebody's server. */
const LEAST_SECONDS = 300;

const withoutIndex = (repoId: string): Rejection => ({
  rejected: `repo [${repoId}] has no index: people upload to it`,
  kind: "precondition",
  error: "repo_has_no_index",
});

const gone = (repoId: string, { status }: Repo): Rejection =>
  status === "absent"
    ? { rejected: `repo [${repoId}] does not exist`, kind: "notFound", error: "resource_not_found" }
    : { rejected: `repo [${repoId}] is already deleted`, kind: "precondition", error: "resource_already_deleted" };

const internal = (repoId: string): Omit<RepoCreated, "type" | "repoId"> => ({
  name: repoId,
  description: "Applications that people upload.",
  repoType: "https",
  url: "",
  sealedCredential: null,
  visibility: "public",
  // What people upload is not for certain providers.
  providers: [],
  labels: "",
  selectors: "",
  categoryIds: [],
  appDefaultStatus: "draft",
  syncSeconds: 0,
  controller: 1,
  owner: "system",
  ownerPath: ":system",
});

/** Wraps the rows of `evolve` for events that follow RepoCreated. */
function registered<E>(evolve: (state: RegisteredRepo, event: E) => Repo): (state: Repo, event: E) => Repo {
  return (state, event) => (state.status === "absent" ? state : evolve(state, event));
}
