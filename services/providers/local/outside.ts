import { keyedMutex } from "../../../events/index.ts";
import type { Dependencies } from "../../chassis/dependencies.ts";
import type { ValuesOf } from "../../chassis/process/setting.ts";
import type { Opened } from "../../chassis/service.ts";
import { documentsFor } from "../kit/credential.ts";
import { gate } from "./gate.ts";
import { inquiriesOf } from "./inquiries.ts";
import { localMachine, usualDirectory } from "./machine.ts";
import type { LocalOutside } from "./ports.ts";
import type { settings } from "./settings.ts";

/** Opens this machine and the other outside dependencies of the tasks. */
export const open = async ({
  config,
  settings: { token, directory, userIds },
  clock,
  document,
  edge,
  fetchBlob,
  logger,
}: Dependencies<ValuesOf<typeof settings>>): Promise<Opened<LocalOutside>> => {
  const report = (error: unknown) => logger.warn({ error }, "the process of a node could not be kept running");
  const authorize = gate({
    token: token || undefined,
    document: documentsFor(document),
    open: edge.open,
  });
  const inTurn = keyedMutex();
  const machine = localMachine({ directory: directory || usualDirectory(config.state), userIds, authorize, open: edge.open, report });
  return {
    outside: {
      machine,
      report,
      fetchPackage: fetchBlob,
      open: edge.open,
      inTurn: (work) => inTurn("package", work),
      sleep: clock.sleep,
    },
    inquiries: inquiriesOf(machine),
    close: machine.close,
  };
};
