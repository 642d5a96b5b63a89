import { setting, text } from "../../chassis/process/setting.ts";
import { usualUserIds } from "./machine/types.ts";

export const settings = {
  token: setting("PITRIX_LOCAL_TOKEN", "The token that allows the local provider to run commands on this machine", "a secret", "", text),
  directory: setting(
    "PITRIX_LOCAL_DIRECTORY",
    "Where the local provider stores its nodes",
    "a directory, else one in PITRIX_STATE, or below /var/lib/pitrix if it runs as root",
    "",
    text,
  ),
  userIds: setting(
    "PITRIX_LOCAL_USERS",
    "User ids for nodes if the local provider runs as root; no other program may use them",
    "first-last",
    `${usualUserIds.first}-${usualUserIds.last}`,
    (given) => {
      const [, first, last] = /^(\d{1,10})-(\d{1,10})$/.exec(given)?.map(Number) ?? [];
      return first && last && last >= first && last < 2 ** 32 - 1 ? { first, last } : undefined;
    },
  ),
};
