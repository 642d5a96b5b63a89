import { join } from "node:path";
import type { Dependencies } from "../../chassis/dependencies.ts";
import type { ValuesOf } from "../../chassis/process/setting.ts";
import type { Opened } from "../../chassis/service.ts";
import { localMachine } from "./machine.ts";
import type { LocalOutside } from "./ports.ts";
import type { settings } from "./settings.ts";

/** Opens this machine and the other outside dependencies of the tasks. */
export const open = async ({
  config,
  settings: { token, directory },
  clock,
  document,
  edge,
  fetchBlob,
  logger,
}: Dependencies<ValuesOf<typeof settings>>): Promise<Opened<LocalOutside>> => {
  const report = (error: unknown) => logger.warn({ error }, "the process of a node could not be kept running");
  const machine = localMachine({ directory: directory || join(config.state, "local"), report });
  return {
    outside: {
      machine,
      report,
      fetchPackage: fetchBlob,
      credential: async (id) => {
        const sealed = (await document("credentials", id))?.sealed_content;
        return typeof sealed === "string" && sealed !== "" ? edge.open(sealed) : undefined;
      },
      token: token || undefined,
      sleep: clock.sleep,
    },
    close: machine.close,
  };
};
