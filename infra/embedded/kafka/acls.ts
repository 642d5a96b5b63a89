import kafkajs, { type AclEntry, type Admin, Kafka, logLevel } from "kafkajs";
import { waitFor } from "../waiting.ts";
import type { KafkaConnection } from "./connection.ts";

/** What a user may do: an entry of Kafka's access control list. */
export type KafkaAcl = {
  readonly user: string;
  readonly resource: "topic" | "group";
  /** A name, or how names begin. */
  readonly name: string;
  readonly pattern: "literal" | "prefixed";
  readonly operation: "READ" | "WRITE" | "CREATE" | "DELETE";
};

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const limit = 30_000;

const entryOf = ({ user, resource, name, pattern, operation }: KafkaAcl): AclEntry => ({
  ...{ principal: `User:${user}`, host: "*", permissionType: AclPermissionTypes.ALLOW },
  resourceType: resource === "topic" ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
  resourceName: name,
  resourcePatternType: pattern === "literal" ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
  operation: AclOperationTypes[operation],
});

const keyOf = (entry: AclEntry): string =>
  [
    entry.principal,
    entry.host,
    entry.permissionType,
    entry.resourceType,
    entry.resourceName,
    entry.resourcePatternType,
    entry.operation,
  ].join(" ");

const any = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
};

const listed = async (admin: Admin): Promise<readonly AclEntry[]> =>
  (await admin.describeAcls(any)).resources.flatMap(({ acls, ...resource }) => acls.map((acl) => ({ ...resource, ...acl })));

/** Gives the named users exactly these rights, and waits until the broker knows them. Rights of other users stay as they are. */
export const applyAcls = async (connection: KafkaConnection, users: readonly string[], acls: readonly KafkaAcl[]): Promise<void> => {
  const admin = new Kafka({ ...connection, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const wanted = new Map(acls.map((acl) => [keyOf(entryOf(acl)), entryOf(acl)]));
    const named = new Set([...users, ...acls.map(({ user }) => user)].map((user) => `User:${user}`));
    const ours = async () => (await listed(admin)).filter(({ principal }) => named.has(principal));
    const before = await ours();
    const superfluous = before.filter((entry) => !wanted.has(keyOf(entry)));
    const known = new Set(before.map(keyOf));
    const missing = [...wanted].flatMap(([key, entry]) => (known.has(key) ? [] : [entry]));
    if (superfluous.length > 0) await admin.deleteAcls({ filters: superfluous });
    if (missing.length > 0) await admin.createAcls({ acl: missing });
    const isDone = async () => {
      const there = new Set((await ours()).map(keyOf));
      return (there.size === wanted.size && [...wanted.keys()].every((key) => there.has(key))) || undefined;
    };
    if (!(await waitFor(isDone, limit))) throw new Error("Kafka did not take its access control list");
  } finally {
    await admin.disconnect();
  }
};
