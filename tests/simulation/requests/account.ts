import type { AccountCommand } from "../../../services/account/domain/domain.ts";
import { sealedAs } from "../../people.ts";
import type { Row } from "./row.ts";

export const accountRows: readonly Row<AccountCommand>[] = [
  [
    5,
    ({ below, happens }) => ({
      type: "CreateUser",
      userId: `usr-${below(8)}`,
      ...sealedAs(`person${below(5)}@example.org`),
      roleIds: ["user"],
      groupPath: happens(0.4) ? `:grp-${below(4)}` : "",
    }),
  ],
  [
    5,
    ({ below, happens }) => {
      const [userId, before] = [`usr-${below(8)}`, sealedAs(`person${below(5)}@example.org`).person];
      return { type: "ModifyUser", userId, changed: happens(0.8) ? { ...sealedAs(`person${below(5)}@example.org`), before } : undefined };
    },
  ],
  [1, ({ below }) => ({ type: "DeleteUser", userId: `usr-${below(8)}` })],
  [2, ({ below }) => ({ type: "BindUserRoles", userId: `usr-${below(8)}`, roleIds: [`role-${below(3)}`] })],
  [2, ({ below }) => ({ type: "UnbindUserRoles", userId: `usr-${below(8)}`, roleIds: [`role-${below(3)}`] })],
  [2, ({ below }, number) => ({ type: "SetPassword", userId: `usr-${below(8)}`, passwordHash: `hash ${number}` })],
  [2, ({ below }, number) => ({ type: "RequestPasswordReset", userId: `usr-${below(8)}`, resetId: `pr-${number}`, ownerPath: "" })],
  [
    2,
    ({ below }, _number, owner) => ({
      ...({
        type: "CreateGroup",
        groupId: `grp-${below(4)}`,
        name: "a group",
        description: "",
        parentGroupId: "",
        parentPath: "",
      } as const),
      ...owner,
    }),
  ],
  [3, ({ below }) => ({ type: "JoinGroup", groupId: `grp-${below(4)}`, userIds: [`usr-${below(8)}`, `usr-${below(8)}`] })],
  [2, ({ below }) => ({ type: "LeaveGroup", groupId: `grp-${below(4)}`, userIds: [`usr-${below(8)}`] })],
  [
    2,
    ({ below }) => {
      const parent = below(4);
      return { type: "ModifyGroup", groupId: `grp-${below(4)}`, parent: { parentGroupId: `grp-${parent}`, parentPath: `:grp-${parent}` } };
    },
  ],
  [1, ({ below }) => ({ type: "DeleteGroup", groupId: `grp-${below(4)}` })],
];
