import type { Request, RequestHandler } from "express";
import { SYSTEM } from "../access/access.ts";
import { callingService, principalOf } from "./authentication.ts";
import type { Host } from "./host.ts";
import { isProblem, makeProblem, type Problem, sendProblem } from "./problems.ts";

const ADMINISTRATOR = "global_admin";

/** A route for those who operate the platform: what `answer` gives is sent as JSON. */
export const forOperators =
  (host: Host, answer: (request: Request, by: string) => Promise<object>): RequestHandler =>
  async (request, response) => {
    const by = await operatorOf(host, request);
    if (isProblem(by)) return sendProblem(request, response, by);
    const answered = await answer(request, by);
    if (isProblem(answered)) sendProblem(request, response, answered);
    else response.json(answered);
  };

/** Who operates: an administrator by a token, or a program that has the platform key. */
const operatorOf = async (host: Host, request: Request): Promise<string | Problem> => {
  const program = await callingService(host, request);
  if (program) return program;
  const principal = await principalOf(host.identity, request.get("authorization"));
  if (isProblem(principal)) return principal;
  const { userId, roleIds, bundles } = principal;
  const mayOperate = !bundles && (userId === SYSTEM || roleIds.includes(ADMINISTRATOR));
  return mayOperate ? userId : makeProblem("permission_denied", "only administrators operate the platform");
};
