import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { RepoOutside } from "./ports.ts";
import { readFileOver } from "./remote/read-file.ts";
import { readEntriesInThread } from "./remote/read-index.ts";
import type { RepoValues } from "./settings.ts";

/** Fetches files of repositories over the network, and reads indexes in a separate thread. */
export const open = async ({ blobs, edge, settings: { privateNetworks } }: Dependencies<RepoValues>): Promise<Opened<RepoOutside>> => ({
  outside: {
    readFile: readFileOver({ privateNetworks }),
    readEntries: readEntriesInThread(),
    deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
    blobs,
    open: edge.open,
    destroyKey: edge.destroyKey,
  },
});
