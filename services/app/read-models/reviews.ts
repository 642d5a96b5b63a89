import type { Meta } from "../../../events/index.ts";
import { type Owned, ownedBy, unowned } from "../../chassis/access/ownership.ts";
import type { Projection } from "../../chassis/events.ts";

export type ReviewPhase = {
  readonly status: string;
  readonly operator: string;
  readonly operator_type: string;
  readonly message: string;
  readonly review_time: string;
  readonly status_time: string;
};
/** Its owner is the version's. */
export type ReviewDocument = Owned & {
  readonly review_id: string;
  readonly version_id: string;
  readonly app_id: string;
  /** `submitted`, then the last phase and its status (`isv-in-review`), or `draft` after cancellation. */
  readonly status: string;
  readonly phase: { readonly [operatorType: string]: ReviewPhase };
  /** The user id of the current reviewer. */
  readonly reviewer: string;
  readonly create_time: string;
  readonly status_time: string;
};

type OfReview = {
  readonly appId: string;
  readonly versionId: string;
  readonly reviewId: string;
  readonly owner: string;
  readonly ownerPath: string;
};
const reviewId = (event: OfReview): string => event.reviewId;

/** Prefixes of a review's status that differ from the operator type. */
const prefixes: { readonly [operatorType: string]: string } = { technical: "develop" };

const phased =
  (status: "in-review" | "passed" | "rejected") =>
  (
    review: ReviewDocument,
    event: OfReview & { readonly operatorType: string; readonly message?: string },
    { time, actor }: Meta,
  ): ReviewDocument => {
    const { operatorType, message = "" } = event;
    const began = review.phase[operatorType]?.review_time ?? time;
    const phase = { status, operator: actor.userId, operator_type: operatorType, message, review_time: began, status_time: time };
    return {
      ...review,
      review_id: event.reviewId,
      version_id: event.versionId,
      app_id: event.appId,
      status: `${prefixes[operatorType] ?? operatorType}-${status}`,
      phase: { ...review.phase, [operatorType]: phase },
      reviewer: actor.userId,
      ...ownedBy(event),
      create_time: review.create_time || time,
      status_time: time,
    };
  };

/** The reviews of versions, each with its phases. */
export const reviews: Projection<ReviewDocument> = {
  name: "appVersionReviews",
  version: 2,
  indexes: ["app_id", "version_id", "status", "status_time"],
  initialState: {
    review_id: "",
    version_id: "",
    app_id: "",
    status: "",
    phase: {},
    reviewer: "",
    ...unowned,
    create_time: "",
    status_time: "",
  },
  key: {
    AppVersionSubmitted: reviewId,
    AppVersionSubmissionCancelled: reviewId,
    AppVersionReviewStarted: reviewId,
    AppVersionReviewPassed: reviewId,
    AppVersionReviewRejected: reviewId,
  },
  evolve: {
    AppVersionSubmitted: (_, event, { time }) => ({
      review_id: event.reviewId,
      version_id: event.versionId,
      app_id: event.appId,
      status: "submitted",
      phase: {},
      reviewer: "",
      ...ownedBy(event),
      create_time: time,
      status_time: time,
    }),
    AppVersionSubmissionCancelled: (review, _, { time }) => ({ ...review, status: "draft", status_time: time }),
    AppVersionReviewStarted: phased("in-review"),
    AppVersionReviewPassed: phased("passed"),
    AppVersionReviewRejected: phased("rejected"),
  },
};
