import assert from "node:assert/strict";
import { test } from "node:test";
import { record, withContract } from "./tooling.ts";

const id = { name: "nodeId", type: "string" };
const size = { name: "size", type: "long" };
const none = { problems: [], stale: [] };

test("a new schema gets the next id, and generating again changes nothing", () =>
  withContract(({ event, generate, lock }) => {
    event("node", "NodeStarted", [id]);
    event("node", "NodeStopped", [id]);
    generate();
    assert.deepEqual(
      lock().map(({ id, subject, version }) => ({ id, subject, version })),
      [
        { id: 1, subject: "pitrix.node-pitrix.node.NodeStarted", version: 1 },
        { id: 2, subject: "pitrix.node-pitrix.node.NodeStopped", version: 1 },
      ],
    );
    assert.deepEqual(generate(), { ...none, written: [] });
  }));

test("a field with a default is a new version under a new id, and the old version stays", () =>
  withContract(({ event, generate, lock, read }) => {
    event("node", "NodeStarted", [id]);
    generate();
    const before = lock();
    event("node", "NodeStarted", [id, { ...size, default: 0 }]);
    assert.deepEqual(generate().problems, []);
    assert.deepEqual(lock().slice(0, 1), before);
    assert.deepEqual([lock().length, lock()[1]?.id, lock()[1]?.version], [2, 2, 2]);
    assert.match(read("generated/schemas.ts"), /id: 1, aggregate: "node", event: "NodeStarted", version: 1/);
    assert.match(read("generated/schemas.ts"), /id: 2, aggregate: "node", event: "NodeStarted", version: 2/);
  }));

test("other words in a doc make no new id", () =>
  withContract(({ event, generate, lock }) => {
    event("node", "NodeStarted", [id]);
    generate();
    event("node", "NodeStarted", [{ ...id, doc: "Which node." }]);
    assert.deepEqual(generate(), { ...none, written: ["generated/events.ts", "generated/schemas.ts"] });
    assert.equal(lock().length, 1);
  }));

for (const [change, fields, reason] of [
  [
    "a new field without a default",
    [id, size, { name: "zone", type: "string" }],
    /NodeStarted\.avsc: readers with the new schema cannot read earlier events: the field zone is missing there, and they have no default for it, against version 1: give the field a default, or define a new event/,
  ],
  [
    "a removed field that had no default",
    [id],
    /readers with the earlier schema cannot read new events: the field size is missing there, and they have no default for it, against version 1/,
  ],
  [
    "another type",
    [id, { ...size, type: "string" }],
    /readers with the new schema cannot read earlier events: the field size is long there, and they need string, against version 1/,
  ],
  ["another name", [id, { ...size, name: "bytes" }], /the field size is missing there/],
  [
    "a wider type, which old readers cannot read",
    [id, { ...size, type: "double" }],
    /readers with the earlier schema cannot read new events: the field size is double there, and they need long/,
  ],
] as const)
  test(`${change} is refused`, () =>
    withContract(({ event, generate, lock }) => {
      event("node", "NodeStarted", [id, size]);
      generate();
      const before = lock();
      event("node", "NodeStarted", fields);
      assert.match(generate().problems.join("\n"), reason);
      assert.deepEqual(lock(), before);
    }));

test("a change is held against every earlier version, not only the last", () =>
  withContract(({ event, generate }) => {
    event("node", "NodeStarted", [id, { ...size, default: 0 }]);
    generate();
    event("node", "NodeStarted", [id]);
    assert.deepEqual(generate().problems, []);
    event("node", "NodeStarted", [id, { name: "size", type: "string", default: "" }]);
    const { problems } = generate();
    assert.deepEqual(problems, [
      "node/NodeStarted.avsc: readers with the new schema cannot read earlier events: the field size is long there, and they need string, against version 1: give the field a default, or define a new event",
      "node/NodeStarted.avsc: readers with the earlier schema cannot read new events: the field size is string there, and they need long, against version 1: give the field a default, or define a new event",
    ]);
  }));

test("a change inside a nested record names the way to it", () =>
  withContract(({ event, generate }) => {
    const nodes = (fields: readonly object[]) => ({
      name: "nodes",
      type: { type: "array", items: { type: "record", name: "Node", doc: "A node.", fields } },
    });
    event("cluster", "ClusterGrown", [nodes([id])]);
    generate();
    event("cluster", "ClusterGrown", [nodes([id, size])]);
    assert.match(generate().problems.join("\n"), /the field nodes\[\]\.size is missing there/);
  }));

test("a symbol added to an enum is refused, since old readers do not know it", () =>
  withContract(({ event, generate }) => {
    const level = (symbols: readonly string[]) => ({ name: "level", type: { type: "enum", name: "Level", symbols } });
    event("node", "NodeWatched", [level(["low", "high"])]);
    generate();
    event("node", "NodeWatched", [level(["low", "high", "over"])]);
    assert.match(generate().problems.join("\n"), /readers with the earlier schema .* the field level is .*over.* there/);
  }));

test("the check writes nothing and names each stale file", () =>
  withContract(({ event, generate, read, write }) => {
    event("node", "NodeStarted", [id]);
    generate();
    assert.deepEqual(generate({ check: true }), { ...none, written: [] });
    event("node", "NodeStopped", [id]);
    const before = read("generated/events.ts");
    assert.deepEqual(generate({ check: true }).stale, ["ids.json", "generated/events.ts", "generated/schemas.ts"]);
    assert.equal(read("generated/events.ts"), before);
    generate();
    write("generated/events.ts", `${read("generated/events.ts")}// by hand\n`);
    assert.deepEqual(generate({ check: true }).stale, ["generated/events.ts"]);
  }));

test("a released entry that is gone or changed is refused", () =>
  withContract(({ event, generate, lock, write }) => {
    event("node", "NodeStarted", [id]);
    generate();
    const released = lock();
    write("ids.json", "[]");
    assert.match(
      generate({ check: true, released }).problems.join("\n"),
      /id 1 \(pitrix\.node-pitrix\.node\.NodeStarted, version 1\) is released/,
    );
    event("node", "NodeStarted", [id, { ...size, default: 0 }]);
    assert.match(generate({ released }).problems.join("\n"), /is released and must not change/);
  }));

test("ids that were never released can be forgotten, released ones cannot", () =>
  withContract(({ event, generate, lock }) => {
    event("node", "NodeStarted", [id]);
    generate();
    const released = lock();
    event("node", "NodeMoved", [size]);
    generate({ released });
    event("node", "NodeMoved", [id]);
    assert.notDeepEqual(generate({ released }).problems, []);
    assert.deepEqual(generate({ released, rewriteUnreleased: true }).problems, []);
    assert.deepEqual([lock().slice(0, 1), lock().length], [released, 2]);
    event("node", "NodeStarted", [size]);
    assert.match(generate({ released, rewriteUnreleased: true }).problems.join("\n"), /the field nodeId is missing there/);
  }));

test("a consumer's schema that a version cannot serve is named with its field", () =>
  withContract(({ event, generate, write, remove }) => {
    const reads = (fields: readonly object[], name = "NodeStarted") => JSON.stringify(record("node", name, fields));
    event("node", "NodeStarted", [id, { ...size, default: 0 }]);
    write("readers/billing-export/NodeStarted.avsc", reads([size]));
    assert.deepEqual(generate().problems, []);
    // Compatible for all that was released, and not for this consumer, who has no default.
    event("node", "NodeStarted", [id]);
    assert.deepEqual(generate().problems, [
      "readers/billing-export/NodeStarted.avsc: version 2 of NodeStarted would break billing-export: the field size is missing there, and they have no default for it",
    ]);
    write("readers/billing-export/NodeStarted.avsc", reads([{ ...size, default: 0 }]));
    assert.deepEqual(generate().problems, []);
    write("readers/billing-export/NodeStarted.avsc", reads([{ ...id, type: "long" }]));
    assert.match(generate().problems.join("\n"), /would break billing-export: the field nodeId is string there, and they need long/);
    remove("readers/billing-export/NodeStarted.avsc");
    write("readers/billing-export/NodeGone.avsc", reads([id], "NodeGone"));
    assert.deepEqual(generate().problems, ["readers/billing-export/NodeGone.avsc: there is no event pitrix.node.NodeGone"]);
    write("readers/billing-export/NodeGone.avsc", "{");
    assert.match(generate().problems.join("\n"), /^readers\/billing-export\/NodeGone\.avsc: .*JSON/);
  }));
