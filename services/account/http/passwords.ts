import type { Rejection } from "../../../events/index.ts";
import type { Edge } from "../../chassis/http/rows.ts";
import { addressesOf } from "../domain/personal-data.ts";
import type { AccountOutside } from "../ports.ts";
import type { CredentialDocument } from "../read-models/passwords.ts";
import { guessPassword } from "./guesses.ts";
import { mayNotActOn } from "./powers.ts";
import type { AllAccounts } from "./reads.ts";
import { type AccountRow, answer, command } from "./rows.ts";

/** Password operations: validation, and a change in two steps (reset, then new password). */
export const passwordRows: readonly AccountRow[] = [
  answer("ValidateUserPassword", async ({ email, password }, context) => {
    const isRight = await context.judge(async (all) => {
      const { credential, name } = await accountOf(email, all, context.outside);
      // Whoever may not ask does not learn whether there is such a user.
      return (
        (await mayNotActOn(credential?.user_id, context)) ??
        guessPassword(name, context, () => matches(credential, password, all, context.edge))
      );
    });
    return typeof isRight === "boolean" ? { validated: isRight } : isRight;
  }),

  command("CreatePasswordReset", {
    issues: "RequestPasswordReset",
    needs: ({ user_id }) => ({ user: ["users", user_id] }),
    // Whoever may not act on the user does not learn whether the password is right.
    prepare: async ({ user_id, password }, context) => {
      const isRight = await context.judge(async (all) => {
        const refused = await mayNotActOn(user_id, context);
        if (refused) return refused;
        const credential = await all.get("credentials", user_id);
        return guessPassword(credential?.address ?? user_id, context, () => matches(credential, password, all, context.edge));
      });
      if (typeof isRight === "object") return isRight;
      if (!isRight) return { rejected: "the password is wrong", kind: "denied", error: "auth_failure" };
      return { resetId: `pr-${context.edge.randomToken(16)}` };
    },
    command: ({ user_id: userId }, { needs: { user }, prepared: { resetId } }) =>
      user.status === "active"
        ? { type: "RequestPasswordReset", userId, resetId, ownerPath: user.owner_path }
        : { rejected: `the user ${userId} is deleted`, kind: "notFound", error: "resource_not_found" },
    answer: ([{ userId, resetId }]) => ({ user_id: userId, reset_id: resetId }),
  }),

  answer("GetPasswordReset", async ({ reset_id }, { all }) => {
    const [reset] = await all("passwordResets", [{ field: "reset_id", in: [reset_id] }], 1);
    return reset?.status === "pending"
      ? { reset_id, user_id: reset.user_id }
      : { rejected: `there is no password reset ${reset_id}`, kind: "notFound", error: "resource_not_found" };
  }),

  command("ChangePassword", {
    issues: "ChangePassword",
    needs: ({ reset_id }) => ({ reset: ["passwordResets", reset_id] }),
    prepare: async ({ new_password }, { edge }): Promise<{ readonly passwordHash: string } | Rejection> =>
      new_password === ""
        ? { rejected: "missing parameter [new_password]", kind: "invalid", error: "missing_parameter" }
        : edge.hashPassword(new_password),
    command: ({ reset_id }, { needs: { reset }, prepared }) => ({
      type: "ChangePassword",
      userId: reset.user_id,
      resetId: reset_id,
      ...prepared,
    }),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),
];

/** The credential of the active user with this e-mail address, compared without regard to case, and how guesses of its password are named. */
export const accountOf = async (
  email: string,
  all: AllAccounts,
  { digest }: Pick<AccountOutside, "digest">,
): Promise<{ readonly credential: CredentialDocument | undefined; readonly name: string }> => {
  const digested = digest(email);
  const found = await all.find("credentials", [{ field: "address", in: addressesOf(email, digested) }], 10);
  const credential = found.find(({ status }) => status === "active");
  return { credential, name: credential?.address ?? digested };
};

/** Takes the same time for a user who does not exist. */
export const matches = async (
  credential: CredentialDocument | undefined,
  password: string,
  all: AllAccounts,
  edge: Edge,
): Promise<boolean> => {
  const { password_hash: hash } = (await all.get("passwords", credential?.user_id ?? "nobody")) ?? credential ?? { password_hash: "" };
  return (await edge.verifyPassword(password, hash)) && credential?.status === "active";
};
