import type { ServiceModule } from "../chassis/tools.ts";
import { bootstrap } from "./bootstrap.ts";
import { accountService } from "./service.ts";

/** The account service in a process: before it is ready, there are a signing key, a client and an administrator. */
export const accountModule = (print: (line: string) => void): ServiceModule => ({
  service: () => accountService,
  started: ({ edge, config }, instance) => bootstrap({ instance, edge, settings: config, print }),
});
