import type { Service } from "../chassis/service.ts";
import { http } from "./http.ts";
import type { ApiOutside } from "./ports.ts";
import { settings } from "./settings.ts";

/** The gateway decides nothing: all it keeps is who may do what, as every service does. */
export const api: Service<ApiOutside, typeof settings> = {
  name: "api",
  aggregates: {},
  http,
  settings,
  entry: true,
  outside: () => import("./outside.ts"),
};
