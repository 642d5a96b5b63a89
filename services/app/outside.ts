import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { AppOutside } from "./packages.ts";

/** Fetches packages that repositories list from the repo service. */
export const open = async ({ fetchBlob }: Dependencies): Promise<Opened<AppOutside>> => ({
  outside: { fetchPackage: (digest) => fetchBlob("repo", digest) },
});
