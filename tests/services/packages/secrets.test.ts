import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConfiguration } from "../../../services/packages/devkit-check.ts";
import { passwordKeys, readConfigurationSchema, readUserConfiguration } from "../../../services/packages/devkit-configuration.ts";
import { fillMarkers, markerOf, markersIn, showMarkers } from "../../../services/packages/secret-markers.ts";
import { separateSecrets } from "../../../services/packages/secrets.ts";

const configJson = JSON.stringify({
  properties: [
    {
      key: "env",
      properties: [
        { key: "user", type: "string" },
        { key: "password", type: "password" },
        { key: "db.password", type: "password" },
        { key: "pin", type: "password", range: ["1111", "2222"], default: "1111" },
      ],
    },
  ],
});
const separate = (conf: unknown, type = "vmbased") => {
  const separated = separateSecrets(type, configJson, typeof conf === "string" ? conf : JSON.stringify(conf));
  if ("rejected" in separated) throw new Error(separated.rejected);
  return { ...separated, secrets: Object.fromEntries(separated.secrets) };
};
const [password, database] = [markerOf("env.password"), markerOf("env.db.password")];

test("passwords leave the configuration, and markers take their places", () => {
  const { configuration, secrets } = separate({ env: { user: "ann", password: "hunter2", db: { password: "x" } }, other: 1 });
  assert.deepEqual(secrets, { "env.password": "hunter2", "env.db.password": "x" });
  assert.deepEqual(JSON.parse(configuration), { env: { user: "ann", password, db: { password: database } }, other: 1 });
  assert.deepEqual(markersIn(configuration), [password, database]);
});

test("in whatever form, and however often, a password is given, the configuration does not hold it", () => {
  const forms: readonly (readonly [conf: unknown, effective: string])[] = [
    [{ "env.password": "hunter2" }, "hunter2"],
    [{ env: { "db.password": "hunter2" } }, "hunter2"],
    [{ "env.db": { password: "hunter2" } }, "hunter2"],
    [{ "env.password": "first", env: { password: "hunter2" } }, "first"],
    [{ "env.password": null, env: { password: "hunter2" } }, "hunter2"],
    ['{"env":{"password":"hunter2","password":"last"}}', "last"],
    ['{"env":{"password":"hunter2","password":""}}', ""],
  ];
  for (const [conf, effective] of forms) {
    const { configuration, secrets } = separate(conf);
    assert.doesNotMatch(configuration, /hunter2/);
    assert.deepEqual(Object.values(secrets), effective === "" ? [] : [effective]);
  }
});

test("a password is checked before it is sealed, and no refusal repeats it", () => {
  const wrong: readonly (readonly [conf: unknown, why: RegExp])[] = [
    [{ env: { pin: "3333hunter2" } }, /env\.pin must be one of/],
    [{ env: { password: 12345 } }, /env\.password must be text/],
    [{ env: { password: { x: "hunter2" } } }, /env\.password must be text/],
    [{ env: { password: "hunter2\0" } }, /env\.password must not hold a NUL/],
    [{ env: { password: "hunter2\ud800" } }, /env\.password must not hold half a character/],
    ['{"env":{"password":"hunter2"', /not JSON/],
    ['{"env":{"password":hunter2}}', /not JSON/],
  ];
  for (const [conf, why] of wrong)
    assert.throws(
      () => separate(conf),
      (error: Error) => why.test(error.message) && !/hunter2|12345/.test(error.message),
    );
  assert.deepEqual(separate({ env: { pin: "2222" } }).secrets, { "env.pin": "2222" });
});

test("an input that holds a marker is refused, wherever it stands", () => {
  for (const conf of [{ env: { user: password } }, { [password]: 1 }, { a: [[`x ${database} y`]] }, '{"a":"\\u003csecret:x>"}'])
    assert.throws(() => separate(conf), /stands for secrets/);
  assert.throws(() => separate(`a: ${password}`, "helm"), /stands for secrets/);
});

test("asterisks keep the password that is there", () => {
  const { configuration, secrets } = separate({ env: { user: "******", password: "******", pin: "******" } });
  assert.deepEqual(secrets, {});
  assert.deepEqual(JSON.parse(configuration).env, { user: "******", password, pin: markerOf("env.pin") });
  assert.deepEqual(checkConfiguration(readConfigurationSchema(configJson), readUserConfiguration(configuration)), []);
  assert.equal(JSON.parse(showMarkers(configuration)).env.password, "******");
});

test("the whole configuration of a chart is a secret", () => {
  assert.deepEqual(separate("password: hunter2\n", "helm"), { configuration: markerOf(""), secrets: { "": "password: hunter2\n" } });
  assert.deepEqual(separate("******", "helm"), { configuration: markerOf(""), secrets: {} });
  assert.deepEqual(separate("", "helm"), { configuration: "", secrets: {} });
});

test("a marker of any path is one word that JSON leaves as it is, and a filled secret is not searched for markers", () => {
  const paths = ["", "a.b", "a b", '"\\', "<secret:a>", "ä€𝄞", "\ud800", "%"];
  assert.equal(new Set(paths.map(markerOf)).size, paths.length);
  const text = JSON.stringify(paths.map(markerOf));
  assert.deepEqual(markersIn(text), paths.map(markerOf));
  const values = new Map([
    [markerOf("a"), `${markerOf("b")} $& $1`],
    [markerOf("b"), "B"],
  ]);
  assert.equal(fillMarkers(`x${markerOf("a")}y${markerOf("b")}z${markerOf("c")}`, values), `x${markerOf("b")} $& $1yBz${markerOf("c")}`);
});

test("a hundred passwords are enough", () => {
  const properties = Array.from({ length: 101 }, (_, index) => ({ key: `p${index}`, type: "password" }));
  const conf = JSON.stringify(Object.fromEntries(properties.map(({ key }) => [key, "x"])));
  const separated = separateSecrets("vmbased", JSON.stringify({ properties }), conf);
  assert.ok("rejected" in separated && /more than 100 passwords/.test(separated.rejected));
  assert.equal(passwordKeys(readConfigurationSchema(configJson)).length, 3);
});
