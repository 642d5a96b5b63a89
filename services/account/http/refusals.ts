import type { Rejection } from "../../../events/index.ts";

/** The same for everything that is wrong with a name and its secret. */
export const denied = (rejected: string, error = "auth_failure"): Rejection => ({ rejected, kind: "denied", error });

export const missing = (parameter: string): Rejection => ({
  rejected: `missing parameter [${parameter}]`,
  kind: "invalid",
  error: "missing_parameter",
});
