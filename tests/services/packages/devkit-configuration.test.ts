import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConfiguration } from "../../../services/packages/devkit-check.ts";
import {
  lookUp,
  passwordKeys,
  readConfigurationSchema,
  readUserConfiguration,
  withDefaults,
} from "../../../services/packages/devkit-configuration.ts";
import type { JsonObject } from "../../../services/packages/json.ts";
import { configJson } from "./package-fixtures.ts";

const schema = readConfigurationSchema(configJson);
const valid = { cluster: { subnet: "net-1" } };

const problems = (user: JsonObject) => checkConfiguration(schema, user).map(({ message }) => message);
const inWeb = (web: JsonObject) => problems({ cluster: { subnet: "net-1", web } });
const inEnv = (env: JsonObject) => problems({ ...valid, env });

test("what is not set has its default, and without one an empty value of its type", () => {
  assert.deepEqual(withDefaults(schema, {}), {
    cluster: { name: "shop", subnet: "", web: { count: 1, cpu: 1, volume_size: 10 } },
    env: { "web.console.enabled": false, load: 0.5, secret: "", tags: [] },
  });
});

test("null is not set", () => {
  assert.equal(lookUp(withDefaults(schema, { cluster: { name: null }, "cluster.name": null }), "cluster.name"), "shop");
});

test("a configuration may be a tree, flat, or between", () => {
  const forms: readonly JsonObject[] = [
    { cluster: { web: { count: 3 } }, env: { web: { console: { enabled: true } } } },
    { "cluster.web.count": 3, "env.web.console.enabled": true },
    { "cluster.web": { count: 3 }, env: { "web.console.enabled": true } },
    { cluster: { "web.count": 3 }, env: { "web.console": { enabled: true } } },
  ];
  for (const form of forms) {
    const values = withDefaults(schema, form);
    assert.equal(lookUp(values, "cluster.web.count"), 3);
    assert.equal(lookUp(values, "env.web.console.enabled"), true);
    assert.deepEqual(checkConfiguration(schema, { ...form, "cluster.subnet": "n" }), []);
  }
});

test("keys that every object has are not found", () => {
  for (const key of ["constructor", "toString", "__proto__", "cluster.constructor.name"])
    assert.equal(lookUp(withDefaults(schema, {}), key), undefined);
});

test("a good configuration has no problems", () => {
  assert.deepEqual(
    problems({
      cluster: { name: "x", subnet: "n", web: { count: 5, cpu: 4, volume_size: 20 } },
      env: { load: 0.75, tags: ["a"], secret: "s" },
    }),
    [],
  );
});

test("a required text must be there and must not be empty", () => {
  assert.deepEqual(problems({}), ["cluster.subnet is required"]);
  assert.deepEqual(problems({ cluster: { subnet: "n", name: "" } }), ["cluster.name is required"]);
  assert.deepEqual(problems({ cluster: { subnet: null } }), ["cluster.subnet is required"]);
});

test("a value of another type is refused by its key", () => {
  assert.deepEqual(inWeb({ count: "2" }), ["cluster.web.count must be a whole number"]);
  assert.deepEqual(inWeb({ count: 1.5 }), ["cluster.web.count must be a whole number"]);
  assert.deepEqual(inWeb({ count: true }), ["cluster.web.count must be a whole number"]);
  assert.deepEqual(inEnv({ load: "1" }), ["env.load must be a number"]);
  assert.deepEqual(inEnv({ "web.console.enabled": "yes" }), ["env.web.console.enabled must be true or false"]);
  assert.deepEqual(inEnv({ tags: "a" }), ["env.tags must be a list"]);
  assert.deepEqual(problems({ cluster: { subnet: 1 } }), ["cluster.subnet must be text"]);
  assert.deepEqual(problems({ ...valid, env: "all" }), ["env must be an object"]);
});

test("a password of another type is refused without being told", () => {
  assert.deepEqual(inEnv({ secret: 12345 }), ["env.secret must be text"]);
});

test("minimum, maximum, step and range hold, at their edges too", () => {
  assert.deepEqual(inWeb({ count: 0 }), ["cluster.web.count must be at least 1"]);
  assert.deepEqual(inWeb({ count: 6 }), ["cluster.web.count must be at most 5"]);
  assert.deepEqual(inWeb({ volume_size: 99 }), ["cluster.web.volume_size must be a multiple of 10"]);
  assert.deepEqual(inWeb({ cpu: 3 }), ["cluster.web.cpu must be one of 1, 2, 4"]);
  assert.deepEqual(inEnv({ load: 1.01 }), ["env.load must be at most 1"]);
  assert.deepEqual(inWeb({ count: 1, volume_size: 1000 }), []);
});

test("every problem is told, each with its key", () => {
  assert.deepEqual(
    checkConfiguration(schema, { cluster: { web: { count: 9, cpu: 3 } } }).map(({ key }) => key),
    ["cluster.subnet", "cluster.web.count", "cluster.web.cpu"],
  );
});

test("passwords are found by their type", () => assert.deepEqual(passwordKeys(schema), ["env.secret"]));

test("a configuration is read from text", () => {
  assert.deepEqual(readUserConfiguration(" "), {});
  assert.deepEqual(readUserConfiguration('{"a":1}'), { a: 1 });
  assert.throws(() => readUserConfiguration("{"), { name: "PackageError", message: /the configuration is not JSON/ });
  assert.throws(() => readUserConfiguration("[]"), { name: "PackageError", message: /the configuration is not an object/ });
  const nested = `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  assert.throws(() => readUserConfiguration(nested), { name: "PackageError", message: /the configuration is nested too deep/ });
});

const deep = (levels: number): string => (levels === 0 ? '{"key":"x"}' : `{"key":"k","properties":[${deep(levels - 1)}]}`);

const brokenSchemas: readonly (readonly [string, string, RegExp])[] = [
  ["that is no JSON", "{", /config.json is not JSON/],
  ["that is no object", "[]", /config.json is not an object/],
  ["whose properties are no list", '{"properties":{}}', /the properties of config.json are not a list/],
  ["with a property that is no object", '{"properties":[1]}', /property 1 of config.json is not an object/],
  ["with a property without a key", '{"properties":[{"key":"a","properties":[{"type":"string"}]}]}', /property 1 of a has no key/],
  ["with a key twice", '{"properties":[{"key":"a"},{"key":"a"}]}', /a is defined twice/],
  ["with an unknown type", '{"properties":[{"key":"a","type":"interger"}]}', /a has the unknown type "interger"/],
  ["whose minimum is no number", '{"properties":[{"key":"a","min":"1"}]}', /min of a is not a number/],
  ["whose step is 0", '{"properties":[{"key":"a","step":0}]}', /step of a is not greater than 0/],
  ["whose range is no list", '{"properties":[{"key":"a","range":{}}]}', /the range of a is not a list/],
  ["nested without end", `{"properties":[${deep(1000)}]}`, /nested too deep/],
];
for (const [name, json, reason] of brokenSchemas) {
  test(`a config.json ${name} is refused`, () =>
    assert.throws(() => readConfigurationSchema(json), { name: "PackageError", file: "config.json", message: reason }));
}
