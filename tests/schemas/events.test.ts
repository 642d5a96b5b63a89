import assert from "node:assert/strict";
import { test } from "node:test";
import { record, withContract } from "./tooling.ts";

const id = { name: "nodeId", type: "string" };
const size = { name: "size", type: "long" };

test("every Avro type becomes its TypeScript type", () =>
  withContract(({ event, generate, read }) => {
    const level = { type: "enum", name: "Level", doc: "How much.", symbols: ["low", "high"] };
    const disk = { type: "record", name: "Disk", doc: "A disk.", fields: [size, { name: "level", type: "Level" }] };
    event("node", "NodeStarted", [
      { ...id, doc: "Which node." },
      { name: "level", type: level },
      { name: "zone", type: ["null", "string"], default: null },
      { name: "note", type: ["string", "null"], default: "" },
      { name: "value", type: ["null", "string", "long"], default: null },
      { name: "disks", type: { type: "array", items: disk } },
      { name: "root", type: "Disk" },
      { name: "tags", type: { type: "map", values: { type: "array", items: "string" } } },
      { name: "names", type: { type: "array", items: ["null", "string"] } },
      { name: "seal", type: "bytes" },
      { name: "ratio", type: "double" },
      { name: "ready", type: "boolean" },
      { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
    ]);
    assert.deepEqual(generate().problems, []);
    const text = read("generated/events.ts");
    const expected = `/** A disk. */
export interface Disk {
  readonly size: number;
  readonly level: Level;
}

/** How much. */
export type Level = "low" | "high";

/** What happened: NodeStarted. */
export interface NodeStarted {
  readonly type: "NodeStarted";
  /** Which node. */
  readonly nodeId: string;
  readonly level: Level;
  readonly zone: string | null;
  readonly note: string | null;
  readonly value: string | number | null;
  readonly disks: readonly Disk[];
  readonly root: Disk;
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly names: readonly (string | null)[];
  readonly seal: Uint8Array;
  readonly ratio: number;
  readonly ready: boolean;
  readonly at: number;
}
`;
    assert.ok(text.includes(expected), text);
  }));

test("unions and tables tell which aggregates have an event", () =>
  withContract(({ event, generate, read }) => {
    for (const aggregate of ["localDeployment", "awsDeployment"]) event(aggregate, "DeploymentStarted", [id]);
    event("localDeployment", "ProcessExited", [id]);
    assert.deepEqual(generate().problems, []);
    const text = read("generated/events.ts");
    assert.equal(text.match(/export interface DeploymentStarted /g)?.length, 1);
    assert.match(text, /export type LocalDeploymentEvent = DeploymentStarted \| ProcessExited;/);
    assert.match(text, /export type AwsDeploymentEvent = DeploymentStarted;/);
    assert.match(text, /export type AnyEvent = DeploymentStarted \| ProcessExited;/);
    assert.match(text, / {2}DeploymentStarted: DeploymentStarted;/);
    assert.match(text, / {2}DeploymentStarted: \["awsDeployment", "localDeployment"\],/);
  }));

test("a type is used from another aggregate by its full name, and every schema stands alone", () =>
  withContract(({ event, generate, lock, read }) => {
    event("cluster", "ClusterGrown", [{ name: "node", type: { type: "record", name: "Node", doc: "A node.", fields: [id] } }]);
    event("awsDeployment", "NodeProvisioned", [{ name: "node", type: "pitrix.cluster.Node" }]);
    assert.deepEqual(generate().problems, []);
    assert.equal(read("generated/events.ts").match(/export interface Node /g)?.length, 1);
    assert.match(JSON.stringify(lock()[0]), /NodeProvisioned.*"name":"Node","namespace":"pitrix.cluster","fields"/);
  }));

test("the same event in two aggregates must have the same fields", () =>
  withContract(({ event, generate }) => {
    event("awsDeployment", "DeploymentStarted", [id, size]);
    event("localDeployment", "DeploymentStarted", [id, { ...size, type: "string" }]);
    assert.match(
      generate().problems.join("\n"),
      /localDeployment\/DeploymentStarted\.avsc: DeploymentStarted differs .*awsDeployment.*: the field size is .*long.* and .*string/,
    );
    event("localDeployment", "DeploymentStarted", [id]);
    assert.match(generate().problems.join("\n"), /only one of them has the field size/);
  }));

test("two nested types of the same name must have the same shape", () =>
  withContract(({ event, generate }) => {
    const node = (fields: readonly object[]) => [{ name: "node", type: { type: "record", name: "Node", doc: "A node.", fields } }];
    event("awsDeployment", "NodeProvisioned", node([id]));
    event("cluster", "ClusterGrown", node([id, size]));
    assert.match(
      generate().problems.join("\n"),
      /cluster\/ClusterGrown\.avsc: Node differs .*only one of them has the field size \(in ClusterGrown\)/,
    );
  }));

for (const [rule, file, schema, reason] of [
  [
    "a field called type",
    "node/A.avsc",
    record("node", "A", [{ name: "type", type: "string" }]),
    /node\/A\.avsc: the field "type" of A is reserved/,
  ],
  [
    "a nested field called type",
    "node/A.avsc",
    record("node", "A", [{ name: "b", type: { type: "record", name: "B", doc: "B.", fields: [{ name: "type", type: "int" }] } }]),
    /the field "type" of B/,
  ],
  ["another namespace than the folder", "node/A.avsc", record("disk", "A", [id]), /node\/A\.avsc: the namespace must be pitrix\.node/],
  ["another name than the file", "node/A.avsc", record("node", "B", [id]), /the record is called B, the file A/],
  ["a record without doc", "node/A.avsc", { ...record("node", "A", [id]), doc: undefined }, /the record A needs a doc/],
  ["a misspelt property", "node/A.avsc", record("node", "A", [{ ...id, defualt: "" }]), /the property "defualt" of nodeId/],
  [
    "an unknown type",
    "node/A.avsc",
    record("node", "A", [{ name: "x", type: "Nowhere" }]),
    /no schema defines the type pitrix\.node\.Nowhere/,
  ],
  ["a default of another type", "node/A.avsc", record("node", "A", [{ ...size, default: "much" }]), /node\/A\.avsc: .*default/],
  ["an aggregate that is not camelCase", "a-node/A.avsc", record("a-node", "A", [id]), /a-node\/A\.avsc: the folder is an aggregate/],
  ["the name of a union", "node/NodeEvent.avsc", record("node", "NodeEvent", [id]), /NodeEvent is taken by the union of node/],
] as const)
  test(`${rule} is refused`, () =>
    withContract(({ generate, write }) => {
      write(file, JSON.stringify(schema));
      assert.match(generate().problems.join("\n"), reason);
    }));

test("a file that is no JSON is named, and the others are still checked", () =>
  withContract(({ event, generate, write }) => {
    write("node/A.avsc", "{");
    event("node", "B", [{ name: "type", type: "string" }]);
    const { problems } = generate();
    assert.deepEqual(
      [problems.length, problems[0]?.startsWith("node/A.avsc: "), problems[1]?.startsWith("node/B.avsc: ")],
      [2, true, true],
    );
  }));

test("a secret's type is not text, only text is a secret, and text that becomes a secret stays readable", () =>
  withContract(({ event, generate, lock, read }) => {
    const secret = { type: "string", secret: true };
    event("node", "NodeStarted", [id, { name: "key", type: "string" }]);
    assert.deepEqual(generate().problems, []);
    event("node", "NodeStarted", [id, { name: "key", type: secret }]);
    event("node", "NodeStopped", [{ name: "keys", type: { type: "array", items: ["null", secret] } }]);
    assert.deepEqual(generate({ released: lock() }).problems, []);
    const text = read("generated/events.ts");
    for (const line of ["readonly key: Sealed;", "readonly keys: readonly (Sealed | null)[];", "export type Sealed ="])
      assert.ok(text.includes(line), text);
    event("node", "NodeStarted", [id, { name: "key", type: { type: "bytes", secret: true } }]);
    assert.match(String(generate().problems), /only a string is a secret/);
  }));
