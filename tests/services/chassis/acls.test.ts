import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deadLetterTopic, topicOf } from "../../../events/contract.ts";
import { type Acl, aclsOf, thirdPartyAcls } from "../../../services/chassis/acls.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { services } from "../../../services/index.ts";

let loaded: Awaited<ReturnType<typeof loadServices>>;
let all: readonly Acl[];
before(async () => {
  loaded = await loadServices(services);
  all = loaded.flatMap(aclsOf);
});
const namesOf = (acls: readonly Acl[], operation: Acl["operation"], resource: Acl["resource"] = "topic"): readonly string[] =>
  acls.filter((acl) => acl.operation === operation && acl.resource === resource).map(({ name }) => name);

test("each event topic has one writer, the service of its aggregate", () => {
  for (const { name, aggregates } of loaded)
    for (const aggregate of Object.keys(aggregates))
      assert.deepEqual(
        all.filter(({ operation, name }) => operation === "WRITE" && name === topicOf(contract, aggregate)).map(({ user }) => user),
        [name],
      );
});

test("a service reads the events that it has written: a store that lost some is restored from them", () => {
  for (const service of loaded)
    for (const aggregate of Object.keys(service.aggregates))
      assert.equal(namesOf(aclsOf(service), "READ").filter((name) => name === topicOf(contract, aggregate)).length, 1);
});

test("what a service writes besides is its dead letters, its keys and its announcements, none of them by a prefix", () => {
  for (const service of loaded) {
    const own = Object.keys(service.aggregates).map((aggregate) => topicOf(contract, aggregate));
    const others = namesOf(aclsOf(service), "WRITE").filter((name) => !own.includes(name));
    assert.deepEqual(
      others.toSorted(),
      [deadLetterTopic(contract, service.name), "pitrix.instances", "pitrix.keys", `pitrix.keys.${service.name}`].toSorted(),
    );
  }
  assert.ok(all.every(({ operation, pattern, resource }) => operation !== "WRITE" || (pattern === "literal" && resource === "topic")));
});

test("no service's groups are another's, and nobody deletes a topic", () => {
  for (const one of loaded)
    for (const other of loaded) {
      const groups = namesOf(aclsOf(one), "READ", "group");
      assert.equal(
        groups.some((prefix) => `pitrix.${other.name}.reactions`.startsWith(prefix)),
        one === other,
      );
    }
  assert.deepEqual(namesOf(all, "DELETE"), []);
});

test("a third party reads the events of public aggregates only: who says nothing keeps an aggregate to the platform", () => {
  const [decider] = loaded.flatMap(({ aggregates }) => Object.values(aggregates).map((aggregate) => aggregate.decider));
  assert.ok(decider);
  const mixed = {
    name: "safe",
    aggregates: { shown: { decider, public: true }, kept: { decider }, hidden: { decider, internal: true } },
  } as const;
  assert.deepEqual(
    thirdPartyAcls("audit", [mixed]).map(({ operation, resource, name }) => `${operation} ${resource} ${name}`),
    [`READ topic ${topicOf(contract, "shown")}`, "READ group audit.", "DELETE group audit."],
  );
});

test("what third parties may read is written down: nothing of it names or authenticates a person, is a key, or is of the platform itself", () => {
  const topics = namesOf(thirdPartyAcls("audit", loaded), "READ");
  assert.deepEqual(
    topics.toSorted(),
    [
      "app",
      "attachment",
      "category",
      "cluster",
      "kubernetesDeployment",
      "kubernetesProvider",
      "localDeployment",
      "localProvider",
      "package",
      "repo",
      "repoAdoption",
      "runtime",
    ].map((name) => topicOf(contract, name)),
  );
  const telling = /e-?mail|phone|username|password|credentialContent|hash$|jwk|token/i;
  // The digest of 256 random bits, with which a repository is indexed, opens nothing.
  for (const { aggregate, event, schema } of contract.schemas.filter(({ aggregate }) => topics.includes(topicOf(contract, aggregate))))
    for (const name of fieldsIn(schema).filter((each) => each !== "tokenDigest"))
      assert.doesNotMatch(name, telling, `${aggregate}/${event}`);
});

/** The names of the fields of a schema, at every level. */
const fieldsIn = (schema: unknown): readonly string[] => {
  if (Array.isArray(schema)) return schema.flatMap(fieldsIn);
  if (typeof schema !== "object" || schema === null) return [];
  // The people whom a package names as its maintainers: its index has published them.
  if (Reflect.get(schema, "name") === "maintainers") return [];
  const { name, type, fields, items, values } = schema as { readonly [attribute: string]: unknown }; // An Avro schema is JSON.
  const own = fields === undefined && type !== undefined && typeof name === "string" ? [name] : [];
  return [...own, ...[type, fields, items, values].flatMap(fieldsIn)];
};

test("only its own service reads an internal topic", () => {
  const internal = loaded.flatMap(({ name, aggregates }) =>
    Object.entries(aggregates).flatMap(([aggregate, declared]) =>
      declared.internal ? [{ name, topic: topicOf(contract, aggregate) }] : [],
    ),
  );
  assert.deepEqual(internal.map(({ topic }) => topic).toSorted(), [
    "pitrix.clientSecret",
    "pitrix.lookupKey",
    "pitrix.password",
    "pitrix.webhook",
  ]);
  for (const { name, topic } of internal)
    for (const { operation, resource, pattern, name: named, user } of [...all, ...thirdPartyAcls("reader", loaded)])
      if (operation === "READ" && resource === "topic" && (pattern === "prefixed" ? topic.startsWith(named) : topic === named))
        assert.equal(user, name, topic);
});
