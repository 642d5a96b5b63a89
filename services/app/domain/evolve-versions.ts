import type { Decider } from "../../../events/index.ts";
import type { AppEvent } from "../../../schemas/generated/events.ts";
import type { App, OperatorType, Phases, Version, VersionStatus } from "./catalogue.ts";

type Rows = Decider<never, AppEvent, App>["evolve"];
type VersionRows = Pick<Rows, Extract<AppEvent["type"], `AppVersion${string}`>>;

/** The rows of `evolve` for events about versions. */
export const evolveVersions: VersionRows = {
  AppVersionCreated: (state, { versionId, name, description, sequence, status, owner, ownerPath }) =>
    state.status === "absent"
      ? state
      : {
          ...state,
          versions: new Map(state.versions).set(versionId, {
            name,
            description,
            sequence,
            status: statusNamed(status),
            reviewId: "",
            phases: {},
            owner,
            ownerPath,
          }),
        },
  AppVersionModified: versioned((version, { name, description }) => ({ ...version, name, description })),
  AppVersionPackageReplaced: (state) => state,
  AppVersionSubmitted: versioned((version, { reviewId, status }) => ({ ...version, reviewId, phases: {}, status: statusNamed(status) })),
  AppVersionSubmissionCancelled: versioned((version, { status }) => ({
    ...version,
    reviewId: "",
    phases: {},
    status: statusNamed(status),
  })),
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

function versioned<E extends { readonly versionId: string }>(evolve: (version: Version, event: E) => Version) {
  return (state: App, event: E): App => {
    const version = state.status === "absent" ? undefined : state.versions.get(event.versionId);
    if (state.status === "absent" || !version) return state;
    return { ...state, versions: new Map(state.versions).set(event.versionId, evolve(version, event)) };
  };
}

function withStatus(state: App, event: OfVersion): App {
  return versioned<OfVersion>((version, { status }) => ({ ...version, status: statusNamed(status) }))(state, event);
}

function phased(phase: NonNullable<Phases[OperatorType]>) {
  type Reviewed = OfVersion & { readonly reviewId: string; readonly operatorType: string };
  return versioned<Reviewed>((version, { reviewId, operatorType, status }) => ({
    ...version,
    reviewId,
    phases: { ...version.phases, [operatorType]: phase },
    status: statusNamed(status),
  }));
}
