import type { Actor, Condition } from "../../../events/index.ts";
import { type AccessDocument, access } from "./access.ts";
import { groupOf } from "./ownership.ts";

type Access = {
  readonly get: (model: string, id: string) => Promise<{ readonly [field: string]: unknown } | undefined>;
  readonly find: (
    model: string,
    where: readonly Condition[],
    limit: number,
  ) => Promise<readonly { readonly id: string; readonly value: { readonly [field: string]: unknown } }[]>;
};

/** The vendor's role. */
const isv = "isv";
/** Groups above each other; users of one vendor with its role. */
const MOST = 1_000;

/** The user id of an owner's vendor: the owner, or the one of their root group, as it is now; empty outside of vendors. */
export const vendorOf =
  ({ get, find }: Access) =>
  async ({ userId, ownerPath }: Actor): Promise<string> => {
    let root = groupOf(ownerPath);
    for (let above = root, levels = 0; above !== "" && levels < MOST; levels += 1) {
      root = above;
      above = String((await get(access.name, `group/${above}`))?.parentGroupId ?? "");
    }
    if (root === "") return "";
    const below = { field: "groupPath", from: `:${root}`, below: `:${root};` };
    const found = await find(access.name, [{ field: "roleIds", in: [isv] }, below], MOST);
    const vendors = found.filter(({ value }) => pathOf(value).split(":")[1] === root).map(({ id }) => id.slice("user/".length));
    return vendors.includes(userId) ? userId : (vendors.toSorted()[0] ?? "");
  };

/** `as` is safe: the read model holds what its projection folds, but the port forgets the type. */
const pathOf = (value: unknown): string => (value as AccessDocument).groupPath;
