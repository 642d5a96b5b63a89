import type { Of } from "../../../events/message.ts";
import type { UserEvent } from "../../../schemas/generated/events.ts";

/** A user of a vendor, as she was created. */
export const ada: Of<UserEvent, "UserCreated"> = {
  type: "UserCreated",
  userId: "usr-ada",
  username: "ada",
  email: "Ada@example.org",
  phoneNumber: "",
  description: "",
  passwordHash: "hash of one",
  roleIds: ["isv"],
  groupPath: ":grp-a",
  owner: "usr-ada",
  ownerPath: ":grp-a:usr-ada",
};
export const userId = ada.userId;
