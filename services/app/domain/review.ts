import { type Decision, isRejection } from "../../../events/index.ts";
import type { AppEvent } from "../../../schemas/generated/events.ts";
import {
  type App,
  appMissing,
  incorrectStatus,
  missing,
  nameTaken,
  type OperatorType,
  type Version,
  type VersionStatus,
  versionExists,
} from "./catalogue.ts";

type OfVersion = { readonly appId: string; readonly versionId: string };
export type ReviewCommand =
  | ({ readonly type: "SubmitAppVersion"; readonly reviewId: string } & OfVersion)
  | ({ readonly type: "CancelAppVersion" } & OfVersion)
  | ({ readonly type: "ReviewAppVersion"; readonly operatorType: Exclude<OperatorType, "admin"> } & OfVersion)
  | ({ readonly type: "PassAppVersion"; readonly operatorType: OperatorType; readonly reviewId: string } & OfVersion)
  | ({
      readonly type: "RejectAppVersion";
      readonly operatorType: OperatorType;
      readonly reviewId: string;
      readonly message: string;
    } & OfVersion)
  | ({ readonly type: "ReleaseAppVersion" } & OfVersion)
  | ({ readonly type: "SuspendAppVersion" } & OfVersion)
  | ({ readonly type: "RecoverAppVersion" } & OfVersion)
  | ({ readonly type: "DeleteAppVersion" } & OfVersion);

/** The events that rows return. The owner is added from the state. */
type Bare<E> = E extends unknown ? Omit<E, "owner" | "ownerPath"> : never;
type ReviewEvent = Bare<Extract<AppEvent, { readonly owner: string; readonly reviewId: string }>>;

type Row<T extends ReviewCommand["type"]> = (command: Extract<ReviewCommand, { readonly type: T }>, state: App) => Decision<AppEvent>;

/** The statuses in which each action is allowed. An administrator may pass and reject in every status. */
const allowed = {
  SubmitAppVersion: ["draft", "rejected"],
  CancelAppVersion: ["submitted", "in-review", "passed"],
  ReviewAppVersion: ["submitted", "in-review"],
  PassAppVersion: ["in-review"],
  RejectAppVersion: ["in-review"],
  ReleaseAppVersion: ["passed"],
  SuspendAppVersion: ["active"],
  RecoverAppVersion: ["suspended"],
  DeleteAppVersion: ["suspended", "draft", "passed", "rejected"],
} as const satisfies { readonly [T in ReviewCommand["type"]]: readonly VersionStatus[] };

/** The phases that must have started before a phase starts: the vendor's own review, then business, then technical. */
const before = { isv: [], business: ["isv"], technical: ["isv", "business"] } as const;
/** The phases that must have passed before a phase passes. The technical one is the last: with it the version has passed. */
const passedBefore = { isv: [], business: [], technical: before.technical, admin: [] } as const;

/** The life cycle of a version: from draft through review into the store, and out of it. */
export const review: { readonly [T in ReviewCommand["type"]]: Row<T> } = {
  SubmitAppVersion: from(({ appId, versionId, reviewId }) => [
    { type: "AppVersionSubmitted", appId, versionId, reviewId, status: "submitted" },
  ]),

  CancelAppVersion: from(({ appId, versionId }, { reviewId }) => [
    { type: "AppVersionSubmissionCancelled", appId, versionId, reviewId, status: "draft" },
  ]),

  ReviewAppVersion: from(({ appId, versionId, operatorType }, { reviewId, phases }) => {
    const early = before[operatorType].some((phase) => phases[phase] === undefined);
    if (phases[operatorType] || early) return phaseRefused(versionId, operatorType, phases[operatorType] ?? "not due yet");
    return [{ type: "AppVersionReviewStarted", appId, versionId, reviewId, operatorType, status: "in-review" }];
  }),

  PassAppVersion: from(({ appId, versionId, operatorType, ...command }, version) => {
    const { reviewId = command.reviewId, status, phases } = withReview(version);
    if (operatorType !== "admin" && phases[operatorType] !== "in-review") return notInHand(versionId, operatorType, phases[operatorType]);
    const owed = passedBefore[operatorType].find((phase) => phases[phase] !== "passed");
    if (owed) return notInHand(versionId, owed, phases[owed]);
    const last = operatorType === "admin" || operatorType === "technical";
    return [{ type: "AppVersionReviewPassed", appId, versionId, reviewId, operatorType, status: last ? "passed" : status }];
  }),

  RejectAppVersion: from(({ appId, versionId, operatorType, message, ...command }, version) => {
    if (message.trim() === "") return { rejected: "missing parameter [message]", kind: "invalid", error: "missing_parameter" };
    const { reviewId = command.reviewId, phases } = withReview(version);
    if (operatorType !== "admin" && phases[operatorType] !== "in-review") return notInHand(versionId, operatorType, phases[operatorType]);
    return [{ type: "AppVersionReviewRejected", appId, versionId, reviewId, operatorType, message, status: "rejected" }];
  }),

  ReleaseAppVersion: from(({ appId, versionId }, { reviewId }) => [
    { type: "AppVersionReleased", appId, versionId, reviewId, status: "active" },
  ]),

  SuspendAppVersion: from(({ appId, versionId }, { reviewId }) => [
    { type: "AppVersionSuspended", appId, versionId, reviewId, status: "suspended" },
  ]),

  RecoverAppVersion: from(({ appId, versionId }, { reviewId }) => [
    { type: "AppVersionRecovered", appId, versionId, reviewId, status: "active" },
  ]),

  DeleteAppVersion: from(({ appId, versionId }, { reviewId }) => [
    { type: "AppVersionDeleted", appId, versionId, reviewId, message: "", status: "deleted" },
  ]),
};

/** Leaves out an empty review id, so that the review id of the command applies. */
const withReview = ({ reviewId, ...version }: Version) => ({ ...version, ...(reviewId === "" ? {} : { reviewId }) });

const phaseRefused = (versionId: string, operatorType: string, phase: string) => ({
  rejected: `the ${operatorType} review of app version [${versionId}] is ${phase}`,
  kind: "precondition" as const,
  error: "app_version_incorrect_status",
});
const notInHand = (versionId: string, operatorType: string, phase: string | undefined) =>
  phaseRefused(versionId, operatorType, phase ?? "not begun");

/** Rejects the command unless the version exists, its status allows the action, and its name is unique. */
function from<C extends ReviewCommand>(
  decide: (command: C, version: Version) => Decision<ReviewEvent>,
): (command: C, state: App) => Decision<AppEvent> {
  return (command, state) => {
    if (state.status === "absent") return appMissing(command.appId);
    const version = state.versions.get(command.versionId);
    if (!version) return missing("app version", command.versionId);
    const statuses: readonly VersionStatus[] = allowed[command.type];
    const admin = "operatorType" in command && command.operatorType === "admin";
    if (!admin && !statuses.includes(version.status)) return incorrectStatus(command.versionId, version.status);
    if (version.status === "deleted" && nameTaken(state, version.name, command.versionId)) return versionExists(version.name);
    const decision = decide(command, version);
    const { owner, ownerPath } = version;
    return isRejection(decision) ? decision : decision.map((event) => ({ ...event, owner, ownerPath }));
  };
}
