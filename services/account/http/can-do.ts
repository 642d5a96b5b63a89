import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { type AccessUser, authorize, type CustomRoles, ownerPathOf, SYSTEM } from "../../chassis/access/access.ts";
import type { RequestOf } from "../../chassis/http/rows.ts";
import type { AccountReads } from "./reads.ts";
import { type AccountRow, answer } from "./rows.ts";

/** Answers whether a user may call an operation, by the same rules as the gateway. */
export const canDoRows: readonly AccountRow[] = [
  answer("CanDo", async (request, context) => {
    const operation = operationOf(request);
    if (!operation) return { rejected: "the operation does not exist", kind: "notFound", error: "resource_not_found" };
    const user = await userOf(request.user_id, context);
    if (!user) return { rejected: `there is no user ${request.user_id}`, kind: "notFound", error: "resource_not_found" };
    const { allowed, accessPath } = authorize(user, await customRoles(user, context), operation);
    return allowed
      ? { user_id: user.userId, access_path: accessPath, owner_path: ownerPathOf(user) }
      : { rejected: `${user.userId} may not call ${operation}`, kind: "denied", error: "permission_denied" };
  }),
];

const ids = new Map<string, OperationId>();
// `as` is safe: the keys of the generated table are exactly the operation ids.
for (const id of Object.keys(operations) as OperationId[]) {
  ids.set(id, id);
  ids.set(`${operations[id].method} ${operations[id].path}`, id);
}

const operationOf = ({ api_method, url_method = "", url = "" }: RequestOf<"CanDo">): OperationId | undefined =>
  ids.get(api_method ?? "") ?? ids.get(`${url_method.toLowerCase()} ${url}`);

const userOf = async (userId: string, reads: AccountReads): Promise<AccessUser | undefined> => {
  if (userId === SYSTEM) return { userId, roleIds: [], groupPath: "" };
  const user = await reads.get("users", userId);
  return user?.status === "active" ? { userId, roleIds: user.role_id, groupPath: user.group_path } : undefined;
};

const customRoles = async ({ roleIds }: AccessUser, reads: AccountReads): Promise<CustomRoles> => {
  const roles = roleIds.length === 0 ? [] : await reads.all("roles", [{ field: "role_id", in: roleIds }], roleIds.length);
  return new Map(roles.flatMap(({ role_id, status, modules }) => (status === "active" ? [[role_id, modules] as const] : [])));
};
