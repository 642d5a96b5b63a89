import { withAccess } from "./access/access.ts";
import type { ConfiguredService } from "./process/config.ts";
import type { AnyService, ServiceList } from "./service.ts";

/** Loads the named services, or all, each with the access read model added. */
export const loadServices = async (
  services: ServiceList,
  names: readonly string[] = Object.keys(services),
): Promise<readonly AnyService[]> => (await Promise.all(names.flatMap((name) => services[name]?.() ?? []))).map(withAccess);

/** The services as the configuration sees them: their settings, and their place in the list, which gives the port. */
export const configured = (services: ServiceList, loaded: readonly AnyService[]): readonly ConfiguredService[] =>
  loaded.map(({ name, settings }) => ({ name, place: Object.keys(services).indexOf(name), ...(settings && { settings }) }));
