import type { OperationId } from "../../schemas/generated/http.ts";
import type { Field, Least } from "./expectation.ts";
import { type Caller, levelOf } from "./principals.ts";

const ranks = { none: 0, self: 1, group: 2, all: 3, s: 1, g: 2, a: 3 } as const;
const reviews = ["IsvReviewAppVersion", "BusinessReviewAppVersion", "TechnicalReviewAppVersion"] as const;

/** What rows are to somebody who has left all groups. */
const rowsOfLeavers: { readonly [row: string]: string } = { own: "left", group: "foreign", above: "foreign", similar: "foreign" };

/** Whether a row is within the caller's reach, as docs/access.md says. */
export const reaches = (caller: Caller, operation: OperationId, { name, least }: Field, given: string): boolean => {
  const row = caller.groups.length > 0 ? given : (rowsOfLeavers[given] ?? given);
  const isOneself = given === "own" && ["user_id", "email"].includes(name);
  const needed: Least = least.get(isOneself ? "own" : row) ?? least.get(row === "alone" ? "own" : "foreign") ?? "-";
  const level = levelOf(caller, operation);
  switch (needed) {
    case "s":
    case "g":
    case "a":
      return ranks[level] >= ranks[needed];
    case "system":
      return caller.userId === "system";
    case "admin":
      return caller.userId === "system" || caller.roleIds.includes("global_admin");
    case "review":
      return level === "all" || reviews.some((review) => levelOf(caller, review) === "all");
    case "-":
      return false;
    default:
      throw new Error(`${operation}: [${needed}] is no level`);
  }
};
