import { test } from "node:test";
import type { SessionEvent } from "../../../schemas/generated/events.ts";
import { session } from "../../../services/account/domain/session.ts";
import { given, metaOf } from "../../spec.ts";

const sessionId = "ses-1";
const start = { type: "StartSession", sessionId, userId: "usr-1", clientId: "client-1" } as const;
const started: SessionEvent = { ...start, type: "SessionStarted" };
const refreshed = (number: number): SessionEvent => ({ type: "SessionRefreshed", sessionId, number });
const ended = (number: number): SessionEvent => ({
  type: "SessionEnded",
  sessionId,
  reason: `refresh token ${number} was used again`,
});
/** The use of a token, so many milliseconds after the event of a version. */
const use = (number: number, version: number, after: number) => {
  const fields = { sessionId, number, now: Date.parse(metaOf(version).time) + after };
  return [{ type: "EndReusedSession", ...fields } as const, { type: "RefreshSession", ...fields } as const] as const;
};

test("a session starts once", () => {
  given(session).when(start).expect(started);
  given(session, started).when(start).expectNothing();
});

test("a refresh token is used once, and its number is the version of the stream", () => {
  const [end, refresh] = use(1, 1, 7_200_000);
  given(session, started).when(end).expectNothing();
  given(session, started).when(refresh).expect(refreshed(2));
  const [, second] = use(2, 2, 7_200_000);
  given(session, started, refreshed(2)).when(second).expect(refreshed(3));
});

test("a token that was replaced within 30 seconds gets the same successor", () => {
  for (const after of [-1_000, 0, 30_000])
    for (const command of use(1, 2, after)) given(session, started, refreshed(2)).when(command).expectNothing();
});

test("a token that was replaced before ends the session, and nothing goes on", () => {
  const late = use(1, 2, 30_001);
  const old = use(1, 3, 0);
  const unknown = use(5, 3, 0);
  given(session, started, refreshed(2)).when(late[0]).expect(ended(1));
  given(session, started, refreshed(2), refreshed(3)).when(old[0]).expect(ended(1));
  given(session, started, refreshed(2), refreshed(3)).when(unknown[0]).expect(ended(5));
  for (const [, refresh] of [late, old, unknown])
    given(session, started, refreshed(2), refreshed(3))
      .when(refresh)
      .expectRejection(/has ended/, { kind: "denied", error: "auth_failure" });
  for (const number of [1, 2, 3]) {
    const [end, refresh] = use(number, 3, 0);
    given(session, started, refreshed(2), ended(1)).when(end).expectNothing();
    given(session, started, refreshed(2), ended(1))
      .when(refresh)
      .expectRejection(/has ended/);
    given(session).when(end).expectNothing();
    given(session)
      .when(refresh)
      .expectRejection(/has ended/);
  }
});
