import type { Opened } from "../chassis/service.ts";
import type { Tools } from "../chassis/tools.ts";
import type { AppOutside } from "./packages.ts";

/** Fetches packages that repositories list from the repo service. */
export const open = async ({ fetchBlob }: Tools): Promise<Opened<AppOutside>> => ({
  outside: { fetchPackage: (digest) => fetchBlob("repo", digest) },
});
