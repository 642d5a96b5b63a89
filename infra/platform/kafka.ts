import { aclsOf, OPERATOR, operatorAcls, thirdPartyAcls } from "../../services/chassis/acls.ts";
import type { AnyService } from "../../services/chassis/service.ts";
import type { KafkaOptions } from "../embedded/kafka/server.ts";

/** The user for consumers of others. */
export const THIRD_PARTY = "reader";

/** The users of a platform's Kafka: each service, the `pitrix` command, and third parties. */
export const kafkaUsers = (services: readonly string[]): readonly string[] => [...services, OPERATOR, THIRD_PARTY];

/** These users with their passwords and rights. */
export const kafkaAccess = (
  services: readonly AnyService[],
  passwords: { readonly [user: string]: string },
): Required<Pick<KafkaOptions, "users" | "thirdParties" | "acls">> => {
  const userOf = (name: string) => ({ name, password: passwords[name] ?? "" });
  return {
    users: [...services.map(({ name }) => userOf(name)), userOf(OPERATOR)],
    thirdParties: [userOf(THIRD_PARTY)],
    acls: [...services.flatMap(aclsOf), ...operatorAcls, ...thirdPartyAcls(THIRD_PARTY, services)],
  };
};
