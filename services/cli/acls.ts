import { type Acl, aclsOf, operatorAcls, thirdPartyAcls } from "../chassis/acls.ts";
import { loadServices } from "../chassis/list.ts";
import { services } from "../index.ts";

/** What the users of a platform's Kafka may do: each service, the `pitrix` command, and third parties of these names. */
export const platformAcls = async (thirdParties: readonly string[]): Promise<readonly Acl[]> => {
  const loaded = await loadServices(services);
  return [...loaded.flatMap(aclsOf), ...operatorAcls, ...thirdParties.flatMap((user) => thirdPartyAcls(user, loaded))];
};

/** The arguments of `kafka-acls.sh`, one line for each user and name. */
export const aclLines = (acls: readonly Acl[]): readonly string[] => {
  const lines = new Map<string, string[]>();
  for (const { user, resource, name, pattern, operation } of acls) {
    const about = `--${resource} ${name}${pattern === "prefixed" ? " --resource-pattern-type prefixed" : ""}`;
    const key = `--add --allow-principal User:${user} ${about}`;
    lines.set(key, [...(lines.get(key) ?? []), `--operation ${operation.toLowerCase()}`]);
  }
  return [...lines].map(([key, operations]) => `${key} ${operations.join(" ")}`);
};
