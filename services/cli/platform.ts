import { unplugged } from "../../events/map/unplugged.ts";
import type { Service } from "../../events/service.ts";
import { accountService } from "../account/service.ts";
import { apiService } from "../api/service.ts";
import { appService } from "../app/service.ts";
import { withAccess } from "../chassis/access/access.ts";
import { clusterService } from "../cluster/service.ts";
import { providerLocalService } from "../providers/local/service.ts";
import { repoService } from "../repo/service.ts";
import { runtimeService } from "../runtime/service.ts";

/** Every service of the platform, to be looked at: what it would be given from outside is not plugged in. */
export const platform = (): readonly Service[] =>
  [
    apiService(unplugged("api")),
    accountService,
    repoService({
      readFile: unplugged("readFile"),
      blobs: unplugged("blobs"),
      clock: unplugged("clock"),
      open: unplugged("open"),
      indexEvery: 3_600_000,
    }),
    appService(unplugged("app")),
    runtimeService,
    clusterService,
    providerLocalService(unplugged("provider-local")),
  ].map(withAccess);
