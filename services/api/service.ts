import type { Service } from "../chassis/service.ts";
import { http } from "./http.ts";
import type { ApiOutside } from "./ports.ts";
import { settings } from "./settings.ts";

/** The gateway. It decides nothing; its only read model is that of users, roles and keys, which every service has. */
export const api: Service<ApiOutside, typeof settings> = {
  name: "api",
  aggregates: {},
  http,
  settings,
  entry: true,
  outside: () => import("./outside.ts"),
};
