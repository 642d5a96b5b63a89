import type { Meta } from "../../../events/index.ts";
import type { AppCreated, AppModified } from "../../../schemas/generated/events.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";
import { withoutAddresses } from "../../packages/addresses.ts";
import { type CategoryLink, linked } from "../../packages/category-links.ts";
import { type Visibility, visibilityAfter } from "../../packages/visibility.ts";

export type AppDocument = Owned & {
  readonly app_id: string;
  /** Whether the row belongs to the store. */
  readonly active: boolean;
  readonly name: string;
  readonly repo_id: string;
  readonly description: string;
  readonly status: string;
  readonly home: string;
  readonly icon: string;
  readonly screenshots: string;
  /** Uploaded files: attachment id to digest. */
  readonly files: { readonly [attachmentId: string]: string };
  readonly file_ids: readonly string[];
  readonly maintainers: string;
  readonly keywords: string;
  readonly sources: string;
  readonly readme: string;
  readonly chart_name: string;
  readonly abstraction: string;
  readonly tos: string;
  readonly isv: string;
  readonly create_time: string;
  readonly status_time: string;
  readonly update_time: string;
  readonly category_set: readonly CategoryLink[];
  /** The enabled categories, for filters, and all linked categories, for joins. */
  readonly category_ids: readonly string[];
  readonly linked_category_ids: readonly string[];
  /** Separated by commas. */
  readonly app_version_types: string;
  readonly latest_version_id: string;
};
const empty: AppDocument = {
  app_id: "",
  active: false,
  name: "",
  repo_id: "",
  description: "",
  status: "",
  home: "",
  icon: "",
  screenshots: "",
  files: {},
  file_ids: [],
  maintainers: "",
  keywords: "",
  sources: "",
  readme: "",
  chart_name: "",
  abstraction: "",
  tos: "",
  isv: "",
  ...unowned,
  create_time: "",
  status_time: "",
  update_time: "",
  category_set: [],
  category_ids: [],
  linked_category_ids: [],
  app_version_types: "",
  latest_version_id: "",
};
const indexes = ["repo_id", "status"] as const;

const createdAs = (event: AppCreated, time: string): AppDocument => ({
  ...empty,
  ...details(empty, event, time),
  app_id: event.appId,
  repo_id: event.repoId,
  chart_name: event.chartName,
  isv: event.isv,
  status: "draft",
  ...ownedBy(event),
  create_time: time,
  status_time: time,
});
const details = (app: AppDocument, event: AppCreated | AppModified, time: string) => ({
  name: event.name,
  description: event.description,
  home: event.home,
  icon: event.icon,
  screenshots: event.screenshots,
  files: event.files,
  file_ids: Object.keys(event.files),
  // Those of earlier releases have e-mail addresses.
  maintainers: withoutAddresses(event.maintainers),
  keywords: event.keywords,
  sources: event.sources,
  readme: event.readme,
  abstraction: event.abstraction,
  tos: event.tos,
  category_set: linked(app.category_set, event.categoryIds, time),
  category_ids: event.categoryIds,
  linked_category_ids: [...new Set([...app.linked_category_ids, ...event.categoryIds])],
  update_time: time,
});

const withType = (types: string, type: string): string => [...new Set([...types.split(","), type])].filter((each) => each !== "").join(",");
const becomes = (app: AppDocument, status: string, { time }: Meta): AppDocument => ({ ...app, status, status_time: time });

/** The applications that their owners see. */
export const apps: Projection<AppDocument> = {
  name: "apps",
  version: 4,
  indexes: [...indexes, "file_ids"],
  initialState: empty,
  evolve: {
    AppCreated: (_, event, { time }) => createdAs(event, time),
    AppModified: (app, event, { time }) => ({ ...app, ...details(app, event, time) }),
    AppStatusChanged: (app, { status }, meta) => becomes(app, status, meta),
    AppDeleted: (app, _, meta) => becomes(app, "deleted", meta),
    AppLatestVersionChanged: (app, { versionId }) => ({ ...app, latest_version_id: versionId }),
    AppVersionCreated: (app, { versionType }) => ({ ...app, app_version_types: withType(app.app_version_types, versionType) }),
  },
};

/** The store shows the copy that the last release made. `next` is the current state, as the owner sees it. */
export type StoreAppDocument = AppDocument & { readonly visibility: Visibility; readonly next: AppDocument };

const intoStore = ({ next, visibility, ...app }: StoreAppDocument, { time }: Meta): StoreAppDocument => ({
  ...next,
  visibility,
  active: true,
  status: "active",
  status_time: app.active && app.status === "active" ? app.status_time : time,
  latest_version_id: app.latest_version_id,
  next,
});

/** The applications of the store. `active` is false for an application that was never released. */
export const activeApps: Projection<StoreAppDocument> = {
  name: "activeApps",
  version: 5,
  indexes: [...indexes, "active", "visibility"],
  initialState: { ...empty, visibility: "public", next: empty },
  evolve: {
    AppCreated: (_, event, { time }) => {
      const next = createdAs(event, time);
      return { ...next, visibility: "public", next };
    },
    AppModified: (app, event, { time }) => ({ ...app, next: { ...app.next, ...details(app.next, event, time) } }),
    AppVersionCreated: (app, event, meta) => {
      const next = { ...app.next, app_version_types: withType(app.next.app_version_types, event.versionType) };
      const changed = { ...app, visibility: visibilityAfter(app.visibility, event), next };
      return event.status === "active" ? intoStore(changed, meta) : changed;
    },
    AppVersionPackageReplaced: (app, event, meta) => {
      const changed = { ...app, visibility: visibilityAfter(app.visibility, event) };
      return event.published ? intoStore(changed, meta) : changed;
    },
    AppVersionReleased: (app, _, meta) => intoStore(app, meta),
    AppVersionStatusInherited: (app, { status }, meta) => (status === "active" ? intoStore(app, meta) : app),
    AppLatestVersionChanged: (app, { activeVersionId }, meta) => {
      const status = activeVersionId === "" ? "suspended" : "active";
      const gone = app.status === "deleted" && activeVersionId === "";
      const changed = app.active && !gone && app.status !== status ? { status, status_time: meta.time } : {};
      return { ...app, ...changed, latest_version_id: activeVersionId };
    },
    AppDeleted: (app, _, meta) => ({ ...app, ...(app.active ? { status: "deleted", status_time: meta.time } : {}) }),
  },
};
