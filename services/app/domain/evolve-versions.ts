import type { Decider } from "../../../events/index.ts";
import type { AppEvent } from "../../../schemas/generated/events.ts";
import { visibilityAfter } from "../../packages/visibility.ts";
import type { App, OperatorType, Phases, Version, VersionStatus } from "./catalogue.ts";

type Rows = Decider<never, AppEvent, App>["evolve"];
type VersionRows = Pick<Rows, Extract<AppEvent["type"], `AppVersion${string}`>>;

/** The rows of `evolve` for events about versions. */
export const evolveVersions: VersionRows = {
  AppVersionCreated: (state, { versionId, name, description, sequence, status, owner, ownerPath, ...event }) =>
    state.status === "absent"
      ? state
      : {
          ...state,
          visibility: visibilityAfter(state.visibility, event),
          versions: new Map(state.versions).set(versionId, {
            name,
            description,
            sequence,
            status: statusNamed(status),
            reviewId: "",
            phases: {},
            barred: "",
            inStore: status === "active",
            owner,
            ownerPath,
          }),
        },
  AppVersionModified: versioned((version, { name, description }) => ({ ...version, name, description })),
  AppVersionPackageReplaced: (state, event) =>
    state.status === "absent" ? state : { ...state, visibility: visibilityAfter(state.visibility, event) },
  AppVersionSubmitted: versioned((version, { reviewId, status }) => ({ ...become(version, status), reviewId, phases: {} })),
  AppVersionSubmissionCancelled: versioned((version, { status }) => ({ ...become(version, status), reviewId: "", phases: {} })),
  AppVersionReviewStarted: phased("in-review"),
  AppVersionReviewPassed: phased("passed"),
  AppVersionReviewRejected: phased("rejected"),
  AppVersionReopened: withStatus,
  AppVersionReleased: withStatus,
  AppVersionSuspended: withStatus,
  AppVersionRecovered: withStatus,
  AppVersionStatusInherited: withStatus,
  AppVersionDeleted: withStatus,
};

type OfVersion = { readonly versionId: string; readonly status: string };

/** `as` is safe: the decider wrote one of the eight statuses. */
function statusNamed(status: string): VersionStatus {
  return status as VersionStatus;
}

function become(version: Version, name: string): Version {
  const status = statusNamed(name);
  const barred =
    status === "suspended" || status === "rejected" ? status : status === "active" || status === "passed" ? "" : version.barred;
  const inStore = status === "active" || (version.inStore && status !== "suspended" && status !== "rejected" && status !== "deleted");
  return { ...version, status, barred, inStore };
}

function versioned<E extends { readonly versionId: string }>(evolve: (version: Version, event: E) => Version) {
  return (state: App, event: E): App => {
    const version = state.status === "absent" ? undefined : state.versions.get(event.versionId);
    if (state.status === "absent" || !version) return state;
    return { ...state, versions: new Map(state.versions).set(event.versionId, evolve(version, event)) };
  };
}

function withStatus(state: App, event: OfVersion): App {
  return versioned<OfVersion>((version, { status }) => become(version, status))(state, event);
}

function phased(phase: NonNullable<Phases[OperatorType]>) {
  type Reviewed = OfVersion & { readonly reviewId: string; readonly operatorType: string };
  return versioned<Reviewed>((version, { reviewId, operatorType, status }) => ({
    ...become(version, status),
    reviewId,
    phases: { ...version.phases, [operatorType]: phase },
  }));
}
