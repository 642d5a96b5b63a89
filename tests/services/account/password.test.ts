import { test } from "node:test";
import type { PasswordEvent } from "../../../schemas/generated/events.ts";
import { password } from "../../../services/account/domain/password.ts";
import { given } from "../../spec.ts";
import { ada, userId } from "./examples.ts";

const passwordHash = "hash";
const set = (generation: number, resetId: string | null = null): PasswordEvent => ({
  type: "PasswordSet",
  ...{ userId, passwordHash, generation, resetId },
});
const asked = (resetId: string): PasswordEvent => ({ type: "PasswordResetRequested", userId, resetId, ownerPath: ada.ownerPath });
const removed: PasswordEvent = { type: "PasswordRemoved", userId };
const change = (resetId: string) => ({ type: "ChangePassword", userId, resetId, passwordHash }) as const;

test("passwords are numbered", () => {
  const next = { type: "SetPassword", userId, passwordHash } as const;
  given(password).when(next).expect(set(1));
  given(password, set(1)).when(next).expect(set(2));
});
test("a first password replaces none", () => {
  const first = { type: "SetFirstPassword", userId, passwordHash } as const;
  given(password).when(first).expect(set(1));
  given(password, set(1)).when(first).expectNothing();
  given(password, removed).when(first).expectNothing();
});

test("a password reset is requested and used", () => {
  const ask = { type: "RequestPasswordReset", userId, resetId: "pr-1", ownerPath: ada.ownerPath } as const;
  given(password).when(ask).expect(asked("pr-1"));
  given(password, set(1)).when(ask).expect(asked("pr-1"));
  given(password, set(1), asked("pr-1")).when(change("pr-1")).expect(set(2, "pr-1"));
});
test("a new password makes all open resets useless", () => {
  for (const changed of [set(2), set(2, "pr-1")])
    for (const resetId of ["pr-1", "pr-2"])
      given(password, set(1), asked("pr-1"), asked("pr-2"), changed)
        .when(change(resetId))
        .expectRejection(/used or has expired/, { kind: "denied" });
});
test("a password reset expires, once, unless it was used", () => {
  const expire = { type: "ExpirePasswordReset", userId, resetId: "pr-1" } as const;
  const expired: PasswordEvent = { type: "PasswordResetExpired", userId, resetId: "pr-1" };
  given(password, asked("pr-1")).when(expire).expect(expired);
  given(password, asked("pr-1"), expired).when(expire).expectNothing();
  given(password, asked("pr-1"), expired)
    .when(change("pr-1"))
    .expectRejection(/used or has expired/);
  given(password, asked("pr-1"), set(1)).when(expire).expectNothing();
});

test("the password of a deleted user is gone for good", () => {
  const remove = { type: "RemovePassword", userId } as const;
  given(password, set(1)).when(remove).expect(removed);
  given(password, set(1), removed).when(remove).expectNothing();
  for (const command of [
    { type: "SetPassword", userId, passwordHash },
    { type: "RequestPasswordReset", userId, resetId: "pr-1", ownerPath: "" },
    change("pr-1"),
  ] as const)
    given(password, set(1), asked("pr-1"), removed)
      .when(command)
      .expectRejection(/is deleted/, { kind: "notFound" });
});
