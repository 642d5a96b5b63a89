import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { ClusterOutside } from "./ports.ts";

export const open = async ({ edge: { destroyKey }, directory, inquire }: Dependencies): Promise<Opened<ClusterOutside>> => ({
  outside: { destroyKey, runs: (service) => directory.instancesOf(service).length > 0, inquire },
});
