import type { Meta } from "../../../events/index.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";

export type AuditDocument = Owned & {
  readonly version_id: string;
  readonly app_id: string;
  readonly status: string;
  readonly operator: string;
  readonly operator_type: string;
  readonly message: string;
  readonly review_id: string;
  readonly create_time: string;
  readonly status_time: string;
};
const empty: AuditDocument = {
  version_id: "",
  app_id: "",
  status: "",
  operator: "",
  operator_type: "",
  message: "",
  review_id: "",
  ...unowned,
  create_time: "",
  status_time: "",
};

type Audited = {
  readonly appId: string;
  readonly versionId: string;
  readonly status: string;
  readonly reviewId?: string;
  readonly message?: string;
  readonly operatorType?: string;
  readonly owner: string;
  readonly ownerPath: string;
};
const by =
  (operatorType: string) =>
  (_: AuditDocument, event: Audited, { time, actor }: Meta): AuditDocument => ({
    version_id: event.versionId,
    app_id: event.appId,
    status: event.status,
    operator: actor.userId,
    operator_type: event.operatorType ?? operatorType,
    message: event.message ?? "",
    review_id: event.reviewId ?? "",
    ...ownedBy(event),
    create_time: time,
    status_time: time,
  });

const eventId = (_: object, meta: Meta): string => meta.eventId;
/** A passed phase leaves an audit only if it is the last one, because the others do not change the version's status. */
const ifLast = ({ status }: { readonly status: string }, meta: Meta): readonly string[] => (status === "passed" ? [meta.eventId] : []);

/** The audit trail: the operator and their role for every change of a version's status. */
export const audits: Projection<AuditDocument> = {
  name: "appVersionAudits",
  version: 2,
  indexes: ["app_id", "version_id", "status", "status_time"],
  initialState: empty,
  key: {
    AppVersionCreated: eventId,
    AppVersionSubmitted: eventId,
    AppVersionSubmissionCancelled: eventId,
    AppVersionReviewStarted: eventId,
    AppVersionReviewPassed: ifLast,
    AppVersionReviewRejected: eventId,
    AppVersionReopened: eventId,
    AppVersionReleased: eventId,
    AppVersionSuspended: eventId,
    AppVersionRecovered: eventId,
    AppVersionStatusInherited: eventId,
    AppVersionDeleted: eventId,
  },
  evolve: {
    AppVersionCreated: by("developer"),
    AppVersionSubmitted: by("developer"),
    AppVersionSubmissionCancelled: by("developer"),
    AppVersionReviewStarted: by(""),
    AppVersionReviewPassed: by(""),
    AppVersionReviewRejected: by(""),
    AppVersionReopened: by("developer"),
    AppVersionReleased: by("developer"),
    AppVersionSuspended: by("global_admin"),
    AppVersionRecovered: by("global_admin"),
    AppVersionStatusInherited: by("developer"),
    AppVersionDeleted: by("developer"),
  },
};
