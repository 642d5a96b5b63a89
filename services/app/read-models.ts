import { type AppDocument, activeApps, apps, type StoreAppDocument } from "./read-models/apps.ts";
import { type AuditDocument, audits } from "./read-models/audits.ts";
import { type AttachmentDocument, attachments, type CategoryDocument, categories } from "./read-models/files.ts";
import { type ReviewDocument, reviews } from "./read-models/reviews.ts";
import { activeAppVersions, appVersions, type StoreVersionDocument, type VersionDocument } from "./read-models/versions.ts";

export type AppReadModels = {
  readonly apps: AppDocument;
  readonly activeApps: StoreAppDocument;
  readonly appVersions: VersionDocument;
  readonly activeAppVersions: StoreVersionDocument;
  readonly appVersionReviews: ReviewDocument;
  readonly appVersionAudits: AuditDocument;
  readonly categories: CategoryDocument;
  readonly attachments: AttachmentDocument;
};

/** The catalogue as owners see it, the store as everyone sees it, and the reviews and audits of versions. */
export const projections = [apps, activeApps, appVersions, activeAppVersions, reviews, audits, categories, attachments];
