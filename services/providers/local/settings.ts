import { setting, text } from "../../chassis/process/setting.ts";

export const settings = {
  token: setting(
    "PITRIX_LOCAL_TOKEN",
    "The token that allows running commands on this machine, by the provider local",
    "a secret",
    "",
    text,
  ),
  directory: setting(
    "PITRIX_LOCAL_DIRECTORY",
    "Where the provider local keeps its nodes",
    "a directory, else one in PITRIX_STATE",
    "",
    text,
  ),
};
