import type { KeyDestroyer } from "../chassis/access/lapsed.ts";
import type { Dependencies } from "../chassis/dependencies.ts";
import type { Opened } from "../chassis/service.ts";

export const open = async ({ edge: { destroyKey } }: Dependencies): Promise<Opened<KeyDestroyer>> => ({ outside: { destroyKey } });
