import assert from "node:assert/strict";
import { test } from "node:test";
import { deadLetterTopic, topicOf } from "../../../events/contract.ts";
import { type Acl, aclsOf, thirdPartyAcls } from "../../../services/chassis/acls.ts";
import { contract } from "../../../services/chassis/contract.ts";
import { loadServices } from "../../../services/chassis/list.ts";
import { services } from "../../../services/index.ts";

const loaded = await loadServices(services);
const all = loaded.flatMap(aclsOf);
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

test("a third party reads the events of every aggregate that is not internal, and nothing else", () => {
  const [first] = loaded.flatMap(({ aggregates }) => Object.entries(aggregates));
  assert.ok(first);
  const [shown, aggregate] = first;
  const secret = { name: "safe", aggregates: { [shown]: aggregate, hidden: { ...aggregate, internal: true } } } as const;
  assert.deepEqual(
    thirdPartyAcls("audit", [secret]).map(({ operation, resource, name }) => `${operation} ${resource} ${name}`),
    [`READ topic ${topicOf(contract, shown)}`, "READ group audit.", "DELETE group audit."],
  );
});

test("only its own service reads an internal topic", () => {
  const internal = loaded.flatMap(({ name, aggregates }) =>
    Object.entries(aggregates).flatMap(([aggregate, declared]) =>
      declared.internal ? [{ name, topic: topicOf(contract, aggregate) }] : [],
    ),
  );
  assert.deepEqual(internal.map(({ topic }) => topic).toSorted(), ["pitrix.clientSecret", "pitrix.password", "pitrix.session"]);
  for (const { name, topic } of internal)
    for (const { operation, resource, pattern, name: named, user } of [...all, ...thirdPartyAcls("reader", loaded)])
      if (operation === "READ" && resource === "topic" && (pattern === "prefixed" ? topic.startsWith(named) : topic === named))
        assert.equal(user, name, topic);
});
