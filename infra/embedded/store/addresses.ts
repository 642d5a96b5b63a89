import { setName } from "./nodes.ts";
import { type StoreTls, tlsOptions } from "./tls.ts";
import type { StoreUser } from "./users.ts";

const address = (hosts: readonly string[], user: StoreUser | undefined, options: Readonly<Record<string, string>>): string => {
  const credentials = user ? `${encodeURIComponent(user.user)}:${encodeURIComponent(user.password)}@` : "";
  const all = new URLSearchParams({ ...(user && { authSource: user.database }), ...options });
  return `mongodb://${credentials}${hosts.join(",")}/${user?.database ?? ""}?${all}`;
};

/** The address of a user's own database. The driver finds the primary by the replica set. */
export const urlOf = (hosts: readonly string[], tls: StoreTls | undefined, user: StoreUser): string =>
  address(hosts, user, { replicaSet: setName, ...tlsOptions(tls) });

/** The address of one node, which is used even if the node is not the primary. */
export const urlOfNode = (host: string, tls: StoreTls | undefined, user: StoreUser | undefined): string =>
  address([host], user, { directConnection: "true", ...tlsOptions(tls) });

/** The same hosts, user and options for another database. */
export const urlToDatabase = (url: string, database: string): string => {
  const [, scheme = "", credentials = "", hosts = "", path = "", query = ""] =
    /^(mongodb(?:\+srv)?:\/\/)(?:([^@/]*)@)?([^/?]+)\/?([^?]*)\??(.*)$/.exec(url) ?? [];
  if (!hosts) throw new Error("the address of a MongoDB begins with mongodb:// or mongodb+srv://");
  const options = new URLSearchParams(query);
  if (credentials && !options.has("authSource")) options.set("authSource", path || "admin");
  return `${scheme}${credentials && `${credentials}@`}${hosts}/${database}${options.size > 0 ? `?${options}` : ""}`;
};
