import type { HttpRow } from "../../chassis/http/rows.ts";
import type { OperatorType } from "../domain/catalogue.ts";
import type { AppOutside } from "../packages.ts";
import type { AuditDocument } from "../read-models/audits.ts";
import type { ReviewDocument } from "../read-models/reviews.ts";
import { command, query } from "./rows.ts";

type OfVersion = { readonly version_id: string };
/** A version that the caller's level for this operation covers: a reviewer's is "all", a vendor's own reviewer's "group". */
const owned = ({ version_id }: OfVersion) => ({ version: ["appVersions", version_id] as const });
const answered = (_commands: unknown, _context: unknown, { version_id }: OfVersion) => ({ version_id });

type Simple = "CancelAppVersion" | "ReleaseAppVersion" | "DeleteAppVersion" | "SuspendAppVersion" | "RecoverAppVersion";
const simple = (operation: Simple): HttpRow<AppOutside> =>
  command(operation, {
    issues: operation,
    needs: owned,
    command: ({ version_id }, { needs: { version } }) => ({ type: operation, appId: version.app_id, versionId: version_id }),
    answer: answered,
  });
const reviewed = (
  operation: "IsvReviewAppVersion" | "BusinessReviewAppVersion" | "TechnicalReviewAppVersion",
  operatorType: Exclude<OperatorType, "admin">,
): HttpRow<AppOutside> =>
  command(operation, {
    issues: "ReviewAppVersion",
    needs: owned,
    command: ({ version_id }, { needs: { version } }) => ({
      type: "ReviewAppVersion",
      appId: version.app_id,
      versionId: version_id,
      operatorType,
    }),
    answer: answered,
  });
const passed = (
  operation: "IsvPassAppVersion" | "BusinessPassAppVersion" | "TechnicalPassAppVersion" | "AdminPassAppVersion",
  operatorType: OperatorType,
): HttpRow<AppOutside> =>
  command(operation, {
    issues: "PassAppVersion",
    needs: owned,
    command: ({ version_id }, { needs: { version }, newId }) => ({
      type: "PassAppVersion",
      appId: version.app_id,
      versionId: version_id,
      operatorType,
      reviewId: newId("appvr"),
    }),
    answer: answered,
  });
const rejected = (
  operation: "IsvRejectAppVersion" | "BusinessRejectAppVersion" | "TechnicalRejectAppVersion" | "AdminRejectAppVersion",
  operatorType: OperatorType,
): HttpRow<AppOutside> =>
  command(operation, {
    issues: "RejectAppVersion",
    needs: owned,
    command: ({ version_id, message }, { needs: { version }, newId }) => ({
      type: "RejectAppVersion",
      appId: version.app_id,
      versionId: version_id,
      operatorType,
      reviewId: newId("appvr"),
      message,
    }),
    answer: answered,
  });

const named = {
  app: ["apps", "app_id", "app_id"],
  version: ["appVersions", "version_id", "version_id"],
} as const;
type Joined = { readonly [field: string]: readonly { readonly name?: string; readonly type?: string }[] };
const withNames = (document: ReviewDocument | AuditDocument, { app = [], version = [] }: Joined): object => ({
  ...document,
  app_name: app[0]?.name ?? "",
  version_name: version[0]?.name ?? "",
  version_type: version[0]?.type ?? "",
});

/** The review and release of versions. */
export const reviewRows: readonly HttpRow<AppOutside>[] = [
  command("SubmitAppVersion", {
    issues: "SubmitAppVersion",
    needs: owned,
    command: ({ version_id }, { needs: { version }, newId }) => ({
      type: "SubmitAppVersion",
      appId: version.app_id,
      versionId: version_id,
      reviewId: newId("appvr"),
    }),
    answer: answered,
  }),
  ...(["CancelAppVersion", "ReleaseAppVersion", "DeleteAppVersion", "SuspendAppVersion", "RecoverAppVersion"] as const).map(simple),
  reviewed("IsvReviewAppVersion", "isv"),
  reviewed("BusinessReviewAppVersion", "business"),
  reviewed("TechnicalReviewAppVersion", "technical"),
  passed("IsvPassAppVersion", "isv"),
  passed("BusinessPassAppVersion", "business"),
  passed("TechnicalPassAppVersion", "technical"),
  passed("AdminPassAppVersion", "admin"),
  rejected("IsvRejectAppVersion", "isv"),
  rejected("BusinessRejectAppVersion", "business"),
  rejected("TechnicalRejectAppVersion", "technical"),
  rejected("AdminRejectAppVersion", "admin"),
  query("DescribeAppVersionReviews", {
    from: "appVersionReviews",
    filters: ["app_id", "version_id", "review_id", "status", "reviewer"],
    search: ["app_id", "version_id", "review_id", "reviewer"],
    sort: "status_time",
    join: named,
    present: withNames,
  }),
  query("DescribeAppVersionAudits", {
    from: "appVersionAudits",
    filters: ["app_id", "version_id", "status", "operator", "operator_type"],
    search: ["app_id", "version_id", "operator", "message"],
    sort: "status_time",
    join: named,
    present: withNames,
  }),
];
