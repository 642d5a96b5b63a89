import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";
import type { RuntimeOutside } from "./ports.ts";

export const open = async ({ edge: { destroyKey }, directory, inquire }: Dependencies): Promise<Opened<RuntimeOutside>> => ({
  outside: { destroyKey, runs: (service) => directory.instancesOf(service).length > 0, inquire },
});
