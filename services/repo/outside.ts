import { budget } from "../../events/index.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { RepoOutside } from "./ports.ts";
import { readFileOver } from "./remote/read-file.ts";
import { readers } from "./remote/readers.ts";
import type { RepoValues } from "./settings.ts";

/** Bytes that all runs together may hold for large indexes, and for large archives. */
const HELD = 512 * 1024 * 1024;

/** Fetches files of repositories over the network, and reads them in worker processes. */
export const open = async ({
  blobs,
  directory,
  edge,
  settings: { privateNetworks },
  vendorOf,
}: Dependencies<RepoValues>): Promise<Opened<RepoOutside>> => {
  const { close, ...reading } = readers({ running: 60_000, waiting: 120_000 });
  return {
    outside: {
      runs: (service) => directory.instancesOf(service).length > 0,
      readFile: readFileOver({ privateNetworks }),
      ...reading,
      holding: { index: budget(HELD), archive: budget(HELD) },
      deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
      blobs,
      open: edge.open,
      destroyKey: edge.destroyKey,
      vendorOf,
    },
    close,
  };
};
