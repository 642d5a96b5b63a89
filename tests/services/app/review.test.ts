import { test } from "node:test";
import type { AppEvent } from "../../../schemas/generated/events.ts";
import { type AppCommand, app } from "../../../services/app/domain/app.ts";
import type { VersionStatus } from "../../../services/app/domain/catalogue.ts";
import { given } from "../../spec.ts";
import {
  appId,
  cancelled,
  come,
  latest,
  passed,
  recovered,
  rejected,
  released,
  reviewId,
  started,
  statusChanged,
  submitted,
  suspended,
  there,
  versionDeleted,
  versionId,
} from "./fixtures.ts";

const of = { appId, versionId };
const all: readonly VersionStatus[] = ["draft", "submitted", "in-review", "passed", "rejected", "active", "suspended", "deleted"];
const submit = { type: "SubmitAppVersion", ...of, reviewId } as const;
const start = (operatorType: "isv" | "business" | "technical") => ({ type: "ReviewAppVersion", ...of, operatorType }) as const;
const pass = (operatorType: "isv" | "business" | "technical" | "admin") =>
  ({ type: "PassAppVersion", ...of, operatorType, reviewId }) as const;
const reject = (operatorType: "isv" | "business" | "technical" | "admin", message = "no") =>
  ({ type: "RejectAppVersion", ...of, operatorType, reviewId, message }) as const;
const incorrect = { kind: "precondition", error: "app_version_incorrect_status" } as const;

type Action = { readonly command: AppCommand; readonly from: { readonly [S in VersionStatus]?: readonly AppEvent[] } };
const deletedFrom = (past: readonly AppEvent[]): readonly AppEvent[] => [
  past.some(({ type }) => type === "AppVersionSubmitted") ? versionDeleted() : ({ ...versionDeleted(), reviewId: "" } as AppEvent),
];
/** What each action does in the statuses that it is allowed in. */
const actions: { readonly [name: string]: Action } = {
  submit: { command: submit, from: { draft: [submitted], rejected: [submitted] } },
  cancel: { command: { type: "CancelAppVersion", ...of }, from: { submitted: [cancelled], "in-review": [cancelled], passed: [cancelled] } },
  "take in hand": { command: start("isv"), from: { submitted: [started("isv")] } },
  "pass the isv phase of": { command: pass("isv"), from: { "in-review": [passed("isv")] } },
  "reject in the isv phase": { command: reject("isv"), from: { "in-review": [rejected("isv")] } },
  release: {
    command: { type: "ReleaseAppVersion", ...of },
    from: { passed: [released, statusChanged("active"), latest(versionId, versionId)] },
  },
  suspend: { command: { type: "SuspendAppVersion", ...of }, from: { active: [suspended, statusChanged("suspended"), latest(versionId)] } },
  recover: {
    command: { type: "RecoverAppVersion", ...of },
    from: { suspended: [recovered, statusChanged("active"), latest(versionId, versionId)] },
  },
  delete: {
    command: { type: "DeleteAppVersion", ...of },
    from: {
      draft: [...deletedFrom(come.draft), latest("")],
      passed: [...deletedFrom(come.passed), latest("")],
      rejected: [...deletedFrom(come.rejected), latest("")],
      suspended: [...deletedFrom(come.suspended), statusChanged("draft"), latest("")],
    },
  },
};
for (const [name, { command, from }] of Object.entries(actions))
  for (const status of all) {
    const events = from[status];
    if (events)
      test(`to ${name} a version that is ${status}`, () =>
        given(app, ...come[status])
          .when(command)
          .expect(...events));
    // A version in review is refused for its phase, below.
    else
      test(`nobody can ${name} a version that is ${status}`, () =>
        given(app, ...come[status])
          .when(command)
          .expectRejection(status === "in-review" ? /is in-review/ : new RegExp(`is ${status}`), incorrect));
  }

const review = [...there, submitted];
const isvDone = [...review, started("isv"), passed("isv")];
const businessDone = [...isvDone, started("business"), passed("business")];
test("the business reviewer comes after the isv", () =>
  given(app, ...isvDone)
    .when(start("business"))
    .expect(started("business")));
test("the technical reviewer comes last", () =>
  given(app, ...businessDone)
    .when(start("technical"))
    .expect(started("technical")));
test("with the technical phase the version is passed", () =>
  given(app, ...businessDone, started("technical"))
    .when(pass("technical"))
    .expect(passed("technical", "passed")));
test("the business reviewer passes their phase only", () =>
  given(app, ...isvDone, started("business"))
    .when(pass("business"))
    .expect(passed("business")));
test("the business phase is not due before the isv has it", () =>
  given(app, ...review)
    .when(start("business"))
    .expectRejection(/not due yet/, incorrect));
test("the technical phase is not due before the business phase", () =>
  given(app, ...isvDone)
    .when(start("technical"))
    .expectRejection(/not due yet/, incorrect));
for (const [phase, done] of [
  ["isv", [...review, started("isv"), started("business"), passed("business"), started("technical")]],
  ["business", [...isvDone, started("business"), started("technical")]],
] as const)
  test(`the technical phase is not passed while the ${phase} phase has only started`, () =>
    given(app, ...done)
      .when(pass("technical"))
      .expectRejection(new RegExp(`${phase} review .* is in-review`), incorrect));
for (const operatorType of ["isv", "business", "technical"] as const) {
  const done = [...businessDone, started("technical")];
  test(`the ${operatorType} phase begins once`, () =>
    given(app, ...done)
      .when(start(operatorType))
      .expectRejection(/phase|review/, incorrect));
  test(`a version is rejected in the ${operatorType} phase`, () =>
    given(
      app,
      ...review,
      started("isv"),
      ...(operatorType === "isv" ? [] : [passed("isv"), started("business")]),
      ...(operatorType === "technical" ? [passed("business"), started("technical")] : []),
    )
      .when(reject(operatorType))
      .expect(rejected(operatorType)));
}
for (const operatorType of ["business", "technical"] as const) {
  test(`the ${operatorType} phase cannot be passed before it begins`, () =>
    given(app, ...review, started("isv"))
      .when(pass(operatorType))
      .expectRejection(/not begun/, incorrect));
  test(`nobody rejects in the ${operatorType} phase before it begins`, () =>
    given(app, ...review, started("isv"))
      .when(reject(operatorType))
      .expectRejection(/not begun/, incorrect));
}
test("a phase is passed once", () =>
  given(app, ...isvDone)
    .when(pass("isv"))
    .expectRejection(/isv review .* is passed|isv.*passed/, incorrect));
test("who rejects says why", () =>
  given(app, ...review, started("isv"))
    .when(reject("isv", " "))
    .expectRejection(/message/, { kind: "invalid", error: "missing_parameter" }));
test("after a rejection the next submission starts a new review", () =>
  given(app, ...come.rejected, { ...submitted, reviewId: "appvr-2" } as AppEvent)
    .when(start("isv"))
    .expect({ ...started("isv"), reviewId: "appvr-2" } as AppEvent));

for (const status of all) {
  const activeBefore = status === "active";
  const wasSuspended = status === "suspended";
  const wasDeleted = status === "deleted";
  const draftsAgain = activeBefore || wasSuspended ? [statusChanged("draft")] : [];
  const isLatest = wasDeleted ? [latest(versionId)] : [];
  test(`an administrator passes a version that is ${status}`, () =>
    given(app, ...come[status])
      .when(pass("admin"))
      .expect(passed("admin", "passed"), ...draftsAgain, ...isLatest));
  test(`an administrator rejects a version that is ${status}`, () =>
    given(app, ...come[status])
      .when(reject("admin"))
      .expect(rejected("admin"), ...draftsAgain, ...(activeBefore ? [latest(versionId)] : isLatest)));
}

for (const { command } of Object.values(actions)) {
  test(`${command.type} needs the app`, () =>
    given(app)
      .when(command)
      .expectRejection(/app \[app-1\] does not exist/, { kind: "notFound" }));
  test(`${command.type} needs the version`, () =>
    given(app, ...there)
      .when({ ...command, versionId: "appv-9" } as AppCommand)
      .expectRejection(/version \[appv-9\] does not exist/, { kind: "notFound", error: "resource_not_found" }));
}
