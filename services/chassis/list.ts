import { withAccess } from "./access/access.ts";
import type { ConfiguredService } from "./process/config.ts";
import type { AnyService, ServiceList } from "./service.ts";

/** The named services, or all: as they run, with the read model of who may do what that each of them keeps. */
export const loadServices = async (
  services: ServiceList,
  names: readonly string[] = Object.keys(services),
): Promise<readonly AnyService[]> => (await Promise.all(names.flatMap((name) => services[name]?.() ?? []))).map(withAccess);

/** What the configuration has to know of these services: their settings, and the place in the list that gives the port. */
export const configured = (services: ServiceList, loaded: readonly AnyService[]): readonly ConfiguredService[] =>
  loaded.map(({ name, settings }) => ({ name, place: Object.keys(services).indexOf(name), ...(settings && { settings }) }));
