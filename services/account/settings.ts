import { pair, setting, type ValuesOf } from "../chassis/process/setting.ts";

/** The settings of the account service. */
export const settings = {
  bootstrapClient: setting(
    "PITRIX_BOOTSTRAP_CLIENT",
    "The API client of operators, which acts as the system",
    "id:secret",
    "",
    pair("id", "secret"),
  ),
  bootstrapLoginClient: setting(
    "PITRIX_BOOTSTRAP_LOGIN_CLIENT",
    "The API client for logins, which by itself reads the store only",
    "id:secret",
    "",
    pair("id", "secret"),
  ),
  bootstrapAdmin: setting("PITRIX_BOOTSTRAP_ADMIN", "The first administrator", "email:password", "", pair("email", "password")),
};
export type AccountSettings = ValuesOf<typeof settings>;
