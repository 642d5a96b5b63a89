import { pair, setting, type ValuesOf } from "../chassis/process/setting.ts";

/** The settings of the account service. */
export const settings = {
  bootstrapClient: setting("PITRIX_BOOTSTRAP_CLIENT", "The first API client", "id:secret", "", pair("id", "secret")),
  bootstrapAdmin: setting("PITRIX_BOOTSTRAP_ADMIN", "The first administrator", "email:password", "", pair("email", "password")),
};
export type AccountSettings = ValuesOf<typeof settings>;
