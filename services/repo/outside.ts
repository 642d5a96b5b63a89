import type { Opened } from "../chassis/service.ts";
import type { Tools } from "../chassis/tools.ts";
import type { RepoOutside } from "./ports.ts";
import { readFileOver } from "./remote/read-file.ts";
import { readOffersApart } from "./remote/read-offers.ts";
import type { RepoValues } from "./settings.ts";

/** Repositories are read over the network, and their indexes in a thread apart. */
export const open = async ({ blobs, edge, settings: { privateNetworks } }: Tools<RepoValues>): Promise<Opened<RepoOutside>> => ({
  outside: {
    readFile: readFileOver({ privateNetworks }),
    readOffers: readOffersApart(),
    deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
    blobs,
    open: edge.open,
    destroyKey: edge.destroyKey,
  },
});
