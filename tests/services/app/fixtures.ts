import type { AppEvent } from "../../../schemas/generated/events.ts";
import type { NewVersion, VersionStatus } from "../../../services/app/domain/catalogue.ts";

export const appId = "app-1";
export const versionId = "appv-1";
export const reviewId = "appvr-1";
export const owned = { owner: "usr-dev", ownerPath: ":usr-dev" } as const;
export const told = {
  home: "",
  icon: "",
  screenshots: "",
  maintainers: "",
  keywords: "",
  sources: "",
  readme: "",
} as const;
export const details = {
  name: "Book shop",
  description: "Sells books.",
  ...told,
  abstraction: "",
  tos: "",
  categoryIds: ["ctg-1"],
  files: {},
} as const;
export const content = {
  packageName: "bookinfo-1.0.0.tgz",
  packageDigest: "sha256:1",
  packageOwner: "app",
  configJson: "{}",
  template: "{}",
  values: "",
  valuesSchema: "",
} as const;
export const version: NewVersion = {
  versionId,
  name: "1.0.0",
  versionType: "vmbased",
  version: "1.0.0",
  description: "First.",
  ...told,
  ...content,
  ...owned,
};
export const registration = { appId, ...details, repoId: "repo-vmbased", chartName: "bookinfo", isv: "", ...owned } as const;
export const appCreated: AppEvent = { type: "AppCreated", ...registration };
export const versionCreated: AppEvent = {
  type: "AppVersionCreated",
  appId,
  appName: "Book shop",
  ...version,
  sequence: 1,
  status: "draft",
  visibility: "public",
};
export const latest = (versionId: string, activeVersionId = ""): AppEvent => ({
  type: "AppLatestVersionChanged",
  appId,
  versionId,
  activeVersionId,
});
export const statusChanged = (status: string): AppEvent => ({ type: "AppStatusChanged", appId, status });

const ofVersion = { appId, versionId, reviewId, ...owned };
export const submitted: AppEvent = { type: "AppVersionSubmitted", ...ofVersion, status: "submitted" };
export const cancelled: AppEvent = { type: "AppVersionSubmissionCancelled", ...ofVersion, status: "draft" };
export const started = (operatorType: string): AppEvent => ({
  type: "AppVersionReviewStarted",
  ...ofVersion,
  operatorType,
  status: "in-review",
});
export const passed = (operatorType: string, status = "in-review"): AppEvent => ({
  type: "AppVersionReviewPassed",
  ...ofVersion,
  operatorType,
  status,
});
export const rejected = (operatorType: string, message = "no"): AppEvent => ({
  type: "AppVersionReviewRejected",
  ...ofVersion,
  operatorType,
  message,
  status: "rejected",
});
export const released: AppEvent = { type: "AppVersionReleased", ...ofVersion, status: "active" };
export const suspended: AppEvent = { type: "AppVersionSuspended", ...ofVersion, status: "suspended" };
export const recovered: AppEvent = { type: "AppVersionRecovered", ...ofVersion, status: "active" };
export const reopened: AppEvent = { type: "AppVersionReopened", ...ofVersion, status: "draft" };
export const versionDeleted = (message = ""): AppEvent => ({ type: "AppVersionDeleted", ...ofVersion, message, status: "deleted" });

/** The app with its one version. */
export const there: readonly AppEvent[] = [appCreated, versionCreated, latest(versionId)];
const inReview = [submitted, started("isv")];
const allPassed = [
  ...inReview,
  passed("isv"),
  started("business"),
  passed("business"),
  started("technical"),
  passed("technical", "passed"),
];
const active = [...allPassed, released, statusChanged("active"), latest(versionId, versionId)];

/** A past in which the version has come to a status. */
export const come: { readonly [S in VersionStatus]: readonly AppEvent[] } = {
  draft: there,
  submitted: [...there, submitted],
  "in-review": [...there, ...inReview],
  passed: [...there, ...allPassed],
  rejected: [...there, ...inReview, rejected("isv")],
  active: [...there, ...active],
  suspended: [...there, ...active, suspended, statusChanged("suspended"), latest(versionId)],
  deleted: [...there, { ...versionDeleted(), reviewId: "" } as AppEvent, latest("")],
};
