import { groupOf, topicOf, topicsOfService } from "../../events/index.ts";
import { keysTopicOf } from "./access/sealing.ts";
import { contract } from "./contract.ts";
import { INSTANCES_TOPIC } from "./process/discovery.ts";
import type { AnyService } from "./service.ts";

/** An entry of Kafka's access control list: an operation that a user may do on a topic or group, or on all whose names begin so. */
export type Acl = {
  readonly user: string;
  readonly resource: "topic" | "group";
  readonly name: string;
  readonly pattern: "literal" | "prefixed";
  readonly operation: "READ" | "WRITE" | "CREATE" | "DELETE";
};

/** The user of the `pitrix` command: it reads every topic of the platform. */
export const OPERATOR = "operator";

const may =
  (user: string, resource: Acl["resource"], pattern: Acl["pattern"], ...operations: readonly Acl["operation"][]) =>
  (name: string): readonly Acl[] =>
    operations.map((operation) => ({ user, resource, name, pattern, operation }));

/**
 * What the user of a service, who has its name, may do on Kafka, from the service's tables: write its own topics, read them (a lost store is
 * restored from them), those that its tables read and the wrapped keys of secrets, and be a member of its own groups. A topic is made by whoever needs it first.
 */
export const aclsOf = (service: AnyService): readonly Acl[] => {
  const { name } = service;
  const { events, deadLetters, reads } = topicsOfService(contract, service);
  const writes = [...events, deadLetters, keysTopicOf(name), INSTANCES_TOPIC];
  return [
    ...writes.flatMap(may(name, "topic", "literal", "WRITE")),
    ...[...new Set([...events, ...reads, INSTANCES_TOPIC])].flatMap(may(name, "topic", "literal", "READ")),
    // Also the keys that name no service, where there is such a topic.
    ...may(name, "topic", "prefixed", "READ")(keysTopicOf()),
    ...may(name, "topic", "literal", "WRITE")(keysTopicOf()),
    ...[...new Set([...writes, ...reads])].flatMap(may(name, "topic", "literal", "CREATE")),
    ...may(name, "group", "prefixed", "READ", "DELETE")(groupOf(contract, name, "")),
  ];
};

/** What the user of the `pitrix` command may do. */
export const operatorAcls: readonly Acl[] = [
  ...may(OPERATOR, "topic", "prefixed", "READ")(`${contract.prefix}.`),
  ...may(OPERATOR, "group", "prefixed", "READ", "DELETE")(`${contract.prefix}-cli`),
];

/** What a third party may do: read the events of public aggregates of these services, in groups whose names begin with its own. */
export const thirdPartyAcls = (user: string, services: readonly AnyService[]): readonly Acl[] => [
  ...services
    .flatMap(({ aggregates }) => Object.entries(aggregates))
    .flatMap(([aggregate, row]) => (row.public ? may(user, "topic", "literal", "READ")(topicOf(contract, aggregate)) : [])),
  ...may(user, "group", "prefixed", "READ", "DELETE")(`${user}.`),
];
