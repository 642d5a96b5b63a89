import { mapOf, type Rejection } from "../../../events/index.ts";
import { isEmail } from "../domain/personal-data.ts";
import type { UserDocument } from "../read-models/users.ts";
import type { AccountReads } from "./reads.ts";
import { type AccountRow, command, query } from "./rows.ts";
import { openUser, presentGroup, presentUser } from "./users.ts";

const filters = ["group_id", "parent_group_id", "root_group_id", "group_path", ["group_name", "name"], "status"] as const;
const search = ["group_id", "name", "description"] as const;

/** The tree of groups and their members. */
export const groupRows: readonly AccountRow[] = [
  query("DescribeGroups", { from: "groups", filters, search, present: presentGroup }),

  query("DescribeGroupsDetail", {
    ...{ from: "groups", filters, search },
    join: { user_set: ["users", "group_id", "group_id"] },
    present: async (group, { user_set = [] }, outside) => {
      const users: readonly UserDocument[] = user_set;
      return { group: presentGroup(group), user_set: await mapOf(users, 100, async (user) => presentUser(await openUser(user, outside))) };
    },
  }),

  command("CreateGroup", {
    issues: "CreateGroup",
    needs: ({ parent_group_id }) => ({ parent: ["groups", parent_group_id || undefined] }),
    command: ({ name, description = "" }, { newId, needs: { parent }, actor }) =>
      isEmail(name)
        ? namedByEmail
        : parent?.status === "deleted"
          ? deletedParent(parent.group_id)
          : {
              type: "CreateGroup",
              groupId: newId("grp"),
              ...{ name, description, parentGroupId: parent?.group_id ?? "", parentPath: parent?.group_path ?? "" },
              ...{ owner: actor.userId, ownerPath: actor.ownerPath },
            },
    answer: ([{ groupId }]) => ({ group_id: groupId }),
  }),

  command("ModifyGroup", {
    issues: "ModifyGroup",
    needs: ({ group_id, parent_group_id }) => ({
      group: ["groups", group_id],
      parent: ["groups", parent_group_id || undefined],
    }),
    command: ({ group_id, name, description }, { needs: { parent } }) =>
      isEmail(name ?? "")
        ? namedByEmail
        : parent?.status === "deleted"
          ? deletedParent(parent.group_id)
          : {
              type: "ModifyGroup",
              groupId: group_id,
              ...{ name, description, parent: parent && { parentGroupId: parent.group_id, parentPath: parent.group_path } },
            },
    answer: ([{ groupId }]) => ({ group_id: groupId }),
  }),

  command("DeleteGroups", {
    issues: "DeleteGroup",
    each: "group_id",
    needs: (_, group_id) => ({ group: ["groups", group_id] }),
    command: (_, { item }) => ({ type: "DeleteGroup", groupId: item }),
    answer: (commands) => ({ group_id: commands.map(({ groupId }) => groupId) }),
  }),

  command("JoinGroup", {
    issues: "JoinGroup",
    each: "group_id",
    needs: (_, group_id) => ({ group: ["groups", group_id] }),
    prepare: ({ user_id }, context) => absentee(user_id, context),
    command: ({ user_id }, { item }) => ({ type: "JoinGroup", groupId: item, userIds: user_id }),
    answer: (commands, _, { user_id }) => ({ group_id: commands.map(({ groupId }) => groupId), user_id }),
  }),

  command("LeaveGroup", {
    issues: "LeaveGroup",
    each: "group_id",
    needs: (_, group_id) => ({ group: ["groups", group_id] }),
    command: ({ user_id }, { item }) => ({ type: "LeaveGroup", groupId: item, userIds: user_id }),
    answer: (commands, _, { user_id }) => ({ group_id: commands.map(({ groupId }) => groupId), user_id }),
  }),
];

/** Names of groups are not sealed. */
const namedByEmail: Rejection = {
  rejected: "a group is not named by an e-mail address",
  kind: "invalid",
  error: "illegal_parameter_format",
};
const deletedParent = (groupId: string): Rejection => ({ rejected: `the group ${groupId} is deleted`, kind: "precondition" });

/** The rejection if one of the users does not exist, is deleted, or is outside the caller's data level. */
const absentee = async (userIds: readonly string[], reads: AccountReads): Promise<Rejection | undefined> => {
  const users = await reads.all("users", [{ field: "user_id", in: userIds }], userIds.length);
  const missing = userIds.find((id) => !users.some(({ user_id, status }) => user_id === id && status === "active"));
  return missing === undefined ? undefined : { rejected: `there is no user ${missing}`, kind: "notFound", error: "resource_not_found" };
};
