import { setting, whole } from "../chassis/process/setting.ts";

export const settings = {
  rateLimit: setting(
    "PITRIX_RATE_LIMIT",
    "Requests a second of one caller, in the long run; 0 for no limit",
    "0 to 1000000",
    "1000",
    whole(0, 1_000_000),
  ),
};
