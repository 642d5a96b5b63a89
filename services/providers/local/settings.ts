import { setting, text } from "../../chassis/process/setting.ts";

export const settings = {
  token: setting("PITRIX_LOCAL_TOKEN", "The token that allows the local provider to run commands on this machine", "a secret", "", text),
  directory: setting(
    "PITRIX_LOCAL_DIRECTORY",
    "Where the local provider stores its nodes",
    "a directory, else one in PITRIX_STATE",
    "",
    text,
  ),
};
