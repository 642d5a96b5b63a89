import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { RepoOutside } from "./ports.ts";
import { readFileOver } from "./remote/read-file.ts";
import { readers } from "./remote/readers.ts";
import type { RepoValues } from "./settings.ts";

/** Fetches files of repositories over the network, and reads them in worker processes. */
export const open = async ({ blobs, edge, settings: { privateNetworks } }: Dependencies<RepoValues>): Promise<Opened<RepoOutside>> => {
  const { close, ...reading } = readers();
  return {
    outside: {
      readFile: readFileOver({ privateNetworks }),
      ...reading,
      deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
      blobs,
      open: edge.open,
      destroyKey: edge.destroyKey,
    },
    close,
  };
};
