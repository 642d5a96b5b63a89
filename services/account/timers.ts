import type { Timers } from "../../events/index.ts";
import type { UserEvent } from "../../schemas/generated/events.ts";
import type { UserCommand } from "./domain/user.ts";

const RESET_MILLISECONDS = 3_600_000;

/** An unused password reset expires after an hour. */
export const userTimers: Timers<UserCommand, UserEvent> = {
  UserPasswordResetRequested: {
    issues: "ExpirePasswordReset",
    after: () => RESET_MILLISECONDS,
    given: ({ userId, resetId }) => ({ userId, resetId }),
  },
};
