import type { Dependencies } from "../chassis/dependencies.ts";
import { workerPool } from "../chassis/process/workers.ts";
import type { Opened } from "../chassis/service.ts";
import type { AppOutside } from "./packages.ts";
import type { AppWork } from "./worker.ts";

/** Fetches packages that repositories list from the repo service, and reads packages in worker processes. */
export const open = async ({ fetchBlob, vendorOf }: Dependencies): Promise<Opened<AppOutside>> => {
  const { call, close } = workerPool<AppWork>(new URL("./worker.js", import.meta.url));
  return {
    outside: {
      vendorOf,
      fetchPackage: (digest) => fetchBlob("repo", digest),
      packages: {
        summary: (...given) => call("readSummary", given, "the package"),
        files: (...given) => call("readFiles", given, "the package"),
        replace: (...given) => call("replaceFiles", given, "the package"),
      },
    },
    close,
  };
};
