import { aclsOf, OPERATOR, operatorAcls, thirdPartyAcls } from "../../services/chassis/acls.ts";
import type { AnyService } from "../../services/chassis/service.ts";
import type { KafkaOptions } from "../embedded/kafka/server.ts";

/** The user for consumers of others. */
export const THIRD_PARTY = "reader";

/** Bytes a second that a broker gives a third party, and per cent of the time of one of its request threads: who reads more waits, and nobody else. */
const quota = { consumer_byte_rate: 16 * 1024 * 1024, request_percentage: 50 };

/** The users of a platform's Kafka: each service, the `pitrix` command, and third parties. */
export const kafkaUsers = (services: readonly string[]): readonly string[] => [...services, OPERATOR, THIRD_PARTY];

/** These users with their passwords and rights. */
export const kafkaAccess = (
  services: readonly AnyService[],
  passwords: { readonly [user: string]: string },
): Required<Pick<KafkaOptions, "users" | "thirdParties" | "quota" | "acls">> => {
  const userOf = (name: string) => ({ name, password: passwords[name] ?? "" });
  return {
    users: [...services.map(({ name }) => userOf(name)), userOf(OPERATOR)],
    thirdParties: [userOf(THIRD_PARTY)],
    quota,
    acls: [...services.flatMap(aclsOf), ...operatorAcls, ...thirdPartyAcls(THIRD_PARTY, services)],
  };
};
