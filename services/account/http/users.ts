import type { Rejection } from "../../../events/index.ts";
import type { Group, User } from "../../../schemas/generated/http.ts";
import { isRejected } from "../../chassis/http/problems.ts";
import type { RequestOf, SealedFields } from "../../chassis/http/rows.ts";
import { pathBelow } from "../domain/paths.ts";
import { addressesOf, isEmail, nameIn, type PersonalData, type SealedPerson, sealPerson } from "../domain/personal-data.ts";
import { emailTaken } from "../domain/user.ts";
import type { AccountOutside } from "../ports.ts";
import type { GroupDocument } from "../read-models/groups.ts";
import type { RoleDocument } from "../read-models/roles.ts";
import type { UserDocument } from "../read-models/users.ts";
import { visibleRolesNamed } from "./people.ts";
import { denied } from "./refusals.ts";
import { builtInRole, presentRole } from "./role-rows.ts";
import { type AccountContext, type AccountRow, command, query } from "./rows.ts";

const filters = ["user_id", "username", "email", "phone_number", "status", "role_id", "group_id", "root_group_id"] as const;
const search = ["user_id", "username", "email", "phone_number", "description"] as const;

/** What is known of people is sealed in the documents. An address is found by its keyed hash, or in clear by an event of an earlier release. */
const sealed: SealedFields<UserDocument, AccountOutside> = {
  fields: ["username", "email", "phone_number", "description"],
  open: openUser,
  lookup: { email: ["address", (email, { digest }) => addressesOf(email, digest(email))] },
};

/** Users: queries, creation, modification and deletion. */
export const userRows: readonly AccountRow[] = [
  query("DescribeUsers", { from: "users", filters, search, sealed, present: presentUser }),

  query("DescribeUsersDetail", {
    ...{ from: "users", filters, search, sealed },
    join: { role_set: ["roles", "role_id", "role_id", "part"], group_set: ["groups", "group_id", "group_id", "part"] },
    present: (user, { role_set = [], group_set = [] }) => {
      const custom: readonly RoleDocument[] = role_set;
      const groups: readonly GroupDocument[] = group_set;
      const roles = [...user.role_id.flatMap((id) => builtInRole(id) ?? []), ...custom.filter(({ status }) => status === "active")];
      return { user: presentUser(user), role_set: roles.map(presentRole), group_set: groups.map(presentGroup) };
    },
  }),

  command("CreateUser", {
    issues: ["SetFirstPassword", "CreateUser"],
    prepare: async (request, context) => {
      const roles = await visibleRolesNamed([request.role_id], context);
      return "rejected" in roles ? roles : made(request, context, { vendor: roles.some(({ portal }) => portal === "isv") });
    },
    // A new vendor user gets a root group of their own.
    command: (request, { newId, prepared: { vendor, ...made } }) =>
      create(request, newId("usr"), made, vendor ? pathBelow("", newId("grp")) : ""),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("IsvCreateUser", {
    issues: ["SetFirstPassword", "CreateUser"],
    prepare: async (request, context) => {
      const roles = await visibleRolesNamed([request.role_id], context);
      if ("rejected" in roles) return roles;
      if (roles.some(({ portal }) => portal !== "isv"))
        return { rejected: `the role ${request.role_id} is not a vendor role`, kind: "denied", error: "permission_denied" };
      const groupPath = (await context.get("users", context.actor.userId))?.group_path ?? "";
      if (groupPath === "") return { rejected: "you must be in a group before you can create users in it", kind: "precondition" };
      return made(request, context, { groupPath });
    },
    command: (request, { newId, prepared: { groupPath, ...made } }) => create(request, newId("usr"), made, groupPath),
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("ModifyUser", {
    issues: ["ModifyUser", "SetPassword"],
    needs: ({ user_id }) => ({ user: ["users", user_id] }),
    prepare: async (request, context) => {
      const { user_id, password = "" } = request;
      // Otherwise a stolen token would be worth an account.
      if (password !== "" && user_id === context.actor.userId)
        return denied("to change your own password, begin a reset with the one that you have", "permission_denied");
      const hashed = password === "" ? undefined : await context.edge.hashPassword(password);
      if (isRejected(hashed)) return hashed;
      const changed = await changedBy(request, context);
      return isRejected(changed) ? changed : { hashed, changed };
    },
    command: ({ user_id: userId }, { prepared: { hashed, changed } }) => [
      { type: "ModifyUser", userId, changed },
      ...(hashed ? [{ type: "SetPassword", userId, ...hashed } as const] : []),
    ],
    answer: ([{ userId }]) => ({ user_id: userId }),
  }),

  command("DeleteUsers", {
    issues: "DeleteUser",
    each: "user_id",
    needs: (_, user_id) => ({ user: ["users", user_id] }),
    command: (_, { item }) => ({ type: "DeleteUser", userId: item }),
    answer: (commands) => ({ user_id: commands.map(({ userId }) => userId) }),
  }),
];

/** The user with what is known of them in clear. */
export async function openUser(user: UserDocument, { openPerson }: Pick<AccountOutside, "openPerson">): Promise<UserDocument> {
  if (user.person === "") return user;
  const { phoneNumber, ...known } = await openPerson(user.user_id, user.person);
  return { ...user, ...known, phone_number: phoneNumber };
}
/** The user, opened, as the HTTP contract shows it. */
export function presentUser({
  person: _n,
  address: _a,
  role_id: _r,
  group_path: _p,
  group_id: _g,
  root_group_id: _o,
  owner: _w,
  owner_path: _t,
  group_paths: _s,
  ...user
}: UserDocument): User {
  return user;
}
/** The group as the HTTP contract shows it. */
export const presentGroup = ({ root_group_id: _r, owner: _o, owner_path: _p, user_ids: _u, ...group }: GroupDocument): Group => group;

type Creation = RequestOf<"CreateUser" | "IsvCreateUser">;
type Made = SealedPerson & { readonly passwordHash: string };

const made = async <More extends object>(
  { email, phone_number, description, password }: Creation,
  context: AccountContext & { readonly newId: (prefix: string) => string },
  more: More,
): Promise<Rejection | (More & Made)> => {
  if (password === "") return { rejected: "missing parameter [password]", kind: "invalid", error: "missing_parameter" };
  const hash = await context.edge.hashPassword(password);
  if ("rejected" in hash) return hash;
  const data = { username: nameIn(email), email, phoneNumber: phone_number ?? "", description: description ?? "" };
  const person = await sealedFor(context.newId("usr"), data, context);
  return "rejected" in person ? person : { ...more, ...hash, ...person };
};

/** First the password: a user without one would have to be repaired, and a password without a user is nothing. */
const create = ({ role_id }: Creation, userId: string, { passwordHash, person, emailDigest }: Made, groupPath: string) =>
  [
    { type: "SetFirstPassword", userId, passwordHash },
    { type: "CreateUser", userId, person, emailDigest, roleIds: [role_id], groupPath },
  ] as const;

/** What is known of a user after a change, sealed anew; undefined if nothing changes, or if nobody is left to be changed. */
const changedBy = async (
  { username, email, phone_number, description }: RequestOf<"ModifyUser">,
  context: AccountContext & { readonly needs: { readonly user: UserDocument } },
) => {
  const { user } = context.needs;
  if (user.status !== "active") return undefined;
  const known = await openUser(user, context.outside);
  const before = { username: known.username, email: known.email, phoneNumber: known.phone_number, description: known.description };
  const after = {
    username: username ?? before.username,
    email: email ?? before.email,
    phoneNumber: phone_number ?? before.phoneNumber,
    description: description ?? before.description,
  };
  if (JSON.stringify(after) === JSON.stringify(before)) return undefined;
  const person = await sealedFor(user.user_id, after, context);
  return "rejected" in person ? person : { ...person, before: user.person || null };
};

/** Seals what is known of a user. The rejection names no address: it is stored and logged. */
const sealedFor = async (
  userId: string,
  data: PersonalData,
  { edge, outside, judge }: AccountContext,
): Promise<SealedPerson | Rejection> => {
  if (!isEmail(data.email)) return { rejected: "email is not an e-mail address", kind: "invalid", error: "illegal_email_format" };
  // Claims meet those of the same form. An address in clear is one of an earlier release, which all instances know for long.
  const taken = await judge(async ({ find }) => {
    const inClear = await find("credentials", [{ field: "address", in: [data.email.toLowerCase()] }], 10);
    return inClear.some(({ user_id }) => user_id !== userId) ? emailTaken : undefined;
  });
  return taken ?? sealPerson(userId, data, { seal: edge.seal, digest: outside.digest });
};
