import type { Timers } from "../../events/index.ts";
import type { PasswordEvent } from "../../schemas/generated/events.ts";
import type { PasswordCommand } from "./domain/password.ts";

const RESET_MILLISECONDS = 3_600_000;

/** An unused password reset expires after an hour. */
export const passwordTimers: Timers<PasswordCommand, PasswordEvent> = {
  PasswordResetRequested: {
    issues: "ExpirePasswordReset",
    after: () => RESET_MILLISECONDS,
    given: ({ userId, resetId }) => ({ userId, resetId }),
  },
};
