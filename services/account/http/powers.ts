import type { Rejection } from "../../../events/index.ts";
import type { CustomRoles } from "../../chassis/access/access.ts";
import { covers, lesserPrincipal, type Person, powers } from "../../chassis/access/power.ts";
import type { Context } from "../../chassis/http/rows.ts";
import { type Consequence, consequences, type RowCommand } from "./consequences.ts";
import { peopleIn, unknown } from "./people.ts";
import type { AccountReads } from "./reads.ts";

type Asked = Context & AccountReads;

/** The rejection if a command does to people what needs more power than the caller has. Every command of a row passes it. */
export const exceedsPower = (command: RowCommand, { actor, judge }: Asked): Promise<Rejection | undefined> =>
  judge(async (all) => {
    const people = peopleIn(all);
    const caller = await people.user(actor.userId);
    // The table has a function of this command's type.
    const consequenceOf = consequences[command.type] as (command: RowCommand, people: object) => Promise<Consequence>;
    return beyond(caller, await consequenceOf(command, { ...people, caller }), people.rolesOf);
  });

/** The rejection if the caller may not act on a user; on one that is not known only the system may. */
export const mayNotActOn = (userId: string | undefined, { actor, judge }: Asked): Promise<Rejection | undefined> =>
  judge(async (all) => {
    const { user, rolesOf } = peopleIn(all);
    return beyond(await user(actor.userId), { actsOn: [userId === undefined ? unknown : await user(userId)] }, rolesOf);
  });

/** The rejection of what is beyond the caller's power. */
const beyond = async (
  caller: Person,
  { actsOn = [], makes = [], role }: Consequence,
  rolesOf: (people: readonly Person[]) => Promise<CustomRoles>,
): Promise<Rejection | undefined> => {
  const roles = await rolesOf([caller, ...actsOn, ...makes]);
  const now = powers(roles);
  const mine = now(caller);
  if (!actsOn.every((person) => lesserPrincipal(mine, now(person))))
    return denied("you may act on people who have less power than you, and on yourself");
  const versions = [role?.before, role?.after].map((modules) =>
    role && modules ? powers(new Map([...roles, [role.roleId, modules]])) : now,
  );
  const isCovered = makes.every((person) => versions.every((power) => covers(mine, power(person))));
  return isCovered ? undefined : denied("you may not give, change or take what is more than you have");
};

const denied = (rejected: string): Rejection => ({ rejected, kind: "denied", error: "permission_denied" });
