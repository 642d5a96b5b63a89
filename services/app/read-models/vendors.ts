import type { Actor, Condition } from "../../../events/index.ts";
import { deleted, type Projection } from "../../chassis/events.ts";

/** A user as a vendor may be found by. */
export type VendorDocument = { readonly user_id: string; readonly role_id: readonly string[]; readonly root_group: string };

/** The vendor's role. */
const isv = "isv";
const rootOf = (path: string): string => path.split(":")[1] ?? "";

/** The users, to find the vendor of a group: its user with the vendor's role. */
export const vendors: Projection<VendorDocument> = {
  name: "vendors",
  version: 1,
  indexes: ["root_group"],
  initialState: { user_id: "", role_id: [], root_group: "" },
  evolve: {
    UserCreated: (_, { userId, roleIds, groupPath }) => ({ user_id: userId, role_id: roleIds, root_group: rootOf(groupPath) }),
    UserRoleBound: (user, { roleId }) => ({ ...user, role_id: [...user.role_id.filter((id) => id !== roleId), roleId] }),
    UserRoleUnbound: (user, { roleId }) => ({ ...user, role_id: user.role_id.filter((id) => id !== roleId) }),
    UserGroupPathChanged: (user, { groupPath }) => ({ ...user, root_group: rootOf(groupPath) }),
    UserDeleted: () => deleted,
  },
};

type Find = (model: "vendors", where: readonly Condition[], limit: number) => Promise<readonly VendorDocument[]>;

/** The user id of the owner's vendor: the owner, or the one of their root group; empty outside of vendors. */
export const vendorOf = async ({ userId, ownerPath }: Actor, find: Find): Promise<string> => {
  const root = ownerPath === `:${userId}` ? "" : rootOf(ownerPath);
  if (root === "") return "";
  const found = await find(
    "vendors",
    [
      { field: "root_group", in: [root] },
      { field: "role_id", in: [isv] },
    ],
    1_000,
  );
  const ids = found.map(({ user_id }) => user_id);
  return ids.includes(userId) ? userId : ([...ids].sort()[0] ?? "");
};
