import type { AnyService } from "../../../events/index.ts";
import type { Host } from "../http/host.ts";
import { internalTable } from "../http/internal.ts";
import type { InternalRoute } from "../http/internal-route.ts";
import { inspectionRoutes } from "./inspection-routes.ts";

/** Every route for the platform itself, inspections among them. `all`: the services of the platform. */
export const operatedTable = (host: Host, all: () => Promise<readonly AnyService[]>): readonly InternalRoute[] => [
  ...internalTable(host),
  ...inspectionRoutes(host, all),
];
