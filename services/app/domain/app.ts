import { type Decider, type Decision, isRejection } from "../../../events/index.ts";
import type { AppCreated, AppEvent, AppVersionPackageReplaced } from "../../../schemas/generated/events.ts";
import { type AdoptionCommand, adoption } from "./adoption.ts";
import {
  type App,
  type AppDetails,
  alreadyDeleted,
  appMissing,
  type CataloguedApp,
  created,
  detailsOf,
  exists,
  incorrectStatus,
  isInStore,
  missing,
  type NewVersion,
  nameTaken,
  newest,
  statusOf,
  type VersionStatus,
  versionExists,
  withNamedFiles,
} from "./catalogue.ts";
import { evolveVersions } from "./evolve-versions.ts";
import { type ReviewCommand, review } from "./review.ts";

export type AppCommand =
  | ReviewCommand
  | AdoptionCommand
  | (Omit<AppCreated, "type"> & { readonly type: "CreateApp"; readonly version: NewVersion })
  | { readonly type: "CreateAppVersion"; readonly appId: string; readonly version: NewVersion }
  | {
      readonly type: "ModifyApp";
      readonly appId: string;
      readonly changes: { readonly [D in keyof AppDetails]?: AppDetails[D] | undefined };
    }
  | {
      readonly type: "SetAppAttachment";
      readonly appId: string;
      readonly kind: "icon" | "screenshot";
      /** A new id, which an uploaded icon that is there already does not take; empty to take the file away. */
      readonly attachmentId: string;
      readonly digest: string;
      readonly sequence: number;
    }
  | {
      readonly type: "ModifyAppVersion";
      readonly appId: string;
      readonly versionId: string;
      readonly name: string | undefined;
      readonly description: string | undefined;
      readonly content: NewContent | undefined;
    }
  | { readonly type: "DeleteApp"; readonly appId: string };
/** The content of a replacement package. */
export type NewContent = Omit<AppVersionPackageReplaced, "type" | "appId" | "versionId" | "visibility" | "published">;

const modifiable: readonly VersionStatus[] = ["draft", "rejected", "active"];

/** An application with its versions and their reviews. Version names are unique in it, and its status follows from the versions. */
export const app: Decider<AppCommand, AppEvent, App> = {
  key: "appId",
  initialState: { status: "absent" },

  decide: followed({
    ...review,
    ...adoption,

    CreateApp: ({ version, ...app }, { status }) =>
      status === "absent"
        ? [{ ...app, type: "AppCreated" }, created(app.appId, app.name, version, { versions: new Map(), visibility: "public" })]
        : [],

    CreateAppVersion: ({ appId, version }, state) => {
      if (state.status === "absent") return appMissing(appId);
      if (state.status === "deleted") return alreadyDeleted(appId);
      if (state.versions.has(version.versionId)) return [];
      return nameTaken(state, version.name) ? versionExists(version.name) : [created(appId, state.details.name, version, state)];
    },

    ModifyApp: ({ appId, changes }, state) => {
      if (state.status === "absent") return appMissing(appId);
      if (state.status === "deleted") return alreadyDeleted(appId);
      if ([...state.versions.values()].some(({ status }) => status === "in-review"))
        return { rejected: `app [${appId}] has a version in review`, kind: "precondition", error: "app_version_in_review" };
      const details: AppDetails = { ...state.details, ...given(changes) };
      return JSON.stringify(details) === JSON.stringify(state.details) ? [] : [{ type: "AppModified", appId, ...details }];
    },

    SetAppAttachment: ({ appId, kind, sequence, digest, ...given }, state) => {
      if (state.status === "absent") return appMissing(appId);
      if (state.status === "deleted") return alreadyDeleted(appId);
      const { details } = state;
      // Clients keep the id of an icon. One that a package only names may be somebody else's.
      const keepsId = kind === "icon" && given.attachmentId !== "" && details.icon in details.files;
      const attachmentId = keepsId ? details.icon : given.attachmentId;
      const named = kind === "icon" ? { icon: attachmentId } : { screenshots: placed(details.screenshots, attachmentId, sequence) };
      const next = withNamedFiles({ ...details, ...named, files: { ...details.files, [attachmentId]: digest } });
      return JSON.stringify(next) === JSON.stringify(details) ? [] : [{ type: "AppModified", appId, ...next }];
    },

    ModifyAppVersion: ({ appId, versionId, name, description, content }, state) => {
      if (state.status === "absent") return appMissing(appId);
      const version = state.versions.get(versionId);
      if (!version) return missing("app version", versionId);
      if (!modifiable.includes(version.status)) return incorrectStatus(versionId, version.status);
      const next = { name: name ?? version.name, description: description ?? version.description };
      if (nameTaken(state, next.name, versionId)) return versionExists(next.name);
      const same = next.name === version.name && next.description === version.description && !content;
      if (same) return [];
      const { reviewId, owner, ownerPath } = version;
      return [
        { type: "AppVersionModified", appId, versionId, ...next },
        ...(content
          ? [{ type: "AppVersionPackageReplaced" as const, appId, versionId, ...content, visibility: state.visibility, published: false }]
          : []),
        ...(version.status === "rejected"
          ? [{ type: "AppVersionReopened" as const, appId, versionId, reviewId, status: "draft", owner, ownerPath }]
          : []),
      ];
    },

    DeleteApp: ({ appId }, state) => {
      if (state.status === "absent") return appMissing(appId);
      if (state.status === "deleted") return alreadyDeleted(appId);
      if ([...state.versions.values()].some(exists))
        return { rejected: `app [${appId}] has versions that are not deleted`, kind: "precondition", error: "exists_no_delete_versions" };
      return [{ type: "AppDeleted", appId }];
    },
  }),

  evolve: {
    ...evolveVersions,
    AppCreated: (_, event) => ({
      status: "draft",
      details: detailsOf(event),
      latestVersionId: "",
      activeVersionId: "",
      visibility: "public",
      versions: new Map(),
    }),
    AppModified: (state, event) => (state.status === "absent" ? state : { ...state, details: detailsOf(event) }),
    AppStatusChanged: (state, { status }) =>
      // `as` is safe: the decider wrote one of the four statuses.
      state.status === "absent" ? state : { ...state, status: status as CataloguedApp["status"] },
    AppLatestVersionChanged: (state, { versionId, activeVersionId }) =>
      state.status === "absent" ? state : { ...state, latestVersionId: versionId, activeVersionId },
    AppDeleted: (state) => (state.status === "absent" ? state : { ...state, status: "deleted" }),
  },
};

type Table = Decider<AppCommand, AppEvent, App>["decide"];

/** Wraps each row: if a command changes versions, the application's status and latest version follow in the same commit. */
function followed(table: Table): Table {
  const row = (decide: (command: never, state: App) => Decision<AppEvent>) => (command: never, state: App) => {
    const decision = decide(command, state);
    return isRejection(decision) || decision.length === 0 ? decision : [...decision, ...consequences(decision, state)];
  };
  // `as` is safe: each row keeps its name and receives its own command.
  return Object.fromEntries(Object.entries(table).map(([command, decide]) => [command, row(decide)])) as Table;
}

const consequences = (events: readonly AppEvent[], before: App): readonly AppEvent[] => {
  const after = events.reduce(folded, before);
  const [appId] = events.map((event) => event.appId);
  if (after.status === "absent" || appId === undefined) return [];
  const status = events.some(({ type }) => type === "AppDeleted") ? "deleted" : statusOf(after.versions.values());
  const [versionId, activeVersionId] = [newest(after.versions, exists), newest(after.versions, isInStore)];
  return [
    ...(status === after.status || !events.some(({ type }) => type.startsWith("AppVersion"))
      ? []
      : [{ type: "AppStatusChanged" as const, appId, status }]),
    ...(versionId === after.latestVersionId && activeVersionId === after.activeVersionId
      ? []
      : [{ type: "AppLatestVersionChanged" as const, appId, versionId, activeVersionId }]),
  ];
};

const folded = (state: App, event: AppEvent): App => {
  // TypeScript cannot match the union of rows with the union of events.
  const row = app.evolve[event.type] as (state: App, event: AppEvent) => App;
  return row(state, event);
};

const given = <T extends object>(changes: T): { readonly [K in keyof T]: Exclude<T[K], undefined> } =>
  // Undefined fields are left out; the type of Object.fromEntries cannot express that.
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never;

/** Replaces or appends the screenshot at this index. An empty attachment id removes it. */
const placed = (screenshots: string, attachmentId: string, sequence: number): string => {
  const all = screenshots === "" ? [] : screenshots.split(",");
  if (attachmentId === "") return all.filter((_, index) => index !== sequence).join(",");
  return (sequence < all.length ? all.with(sequence, attachmentId) : [...all, attachmentId]).join(",");
};
