import assert from "node:assert/strict";
import { test } from "node:test";
import { PackageError } from "../../../services/packages/package-error.ts";
import { valuesOver } from "../../../services/packages/values.ts";

const below = JSON.stringify({ image: { name: "web", tag: "1.0" }, hosts: ["a", "b"], replicas: 2, debug: true });

test("values are laid over others map by map, and everything else takes the place of what was there", () => {
  const over = (given: string) => JSON.parse(valuesOver(below, given));
  assert.deepEqual(over("image: { tag: 1.2.3 }\nhosts: [c]\nreplicas: 3\nratio: -0.5\n"), {
    ...{ image: { name: "web", tag: "1.2.3" }, hosts: ["c"], replicas: 3, debug: true, ratio: -0.5 },
  });
  assert.deepEqual(over('{ "image": "none", "debug": null }'), { image: "none", hosts: ["a", "b"], replicas: 2, debug: null });
  assert.deepEqual(over(" \n"), JSON.parse(below));
});

test("without values below, the text stays as it is", () => {
  for (const given of ["a: 0777 # octal", "", "{}"]) assert.equal(valuesOver("{}", given), given);
});

test("a number or a word that would not be the same for helm is refused", () => {
  for (const word of ["0777", "0x1F", "1_000", "+5", ".5", "1.", "1e3", ".inf", "-.NaN", "yes", "Off", "y"])
    for (const given of [`b: 1\na: ${word}`, `b: 1\n${word}: 2`])
      assert.throws(
        () => valuesOver(below, given),
        ({ name, message }) => name === "PackageError" && /^the configuration has in line 2 what is not the same/.test(message),
        given,
      );
  // The word may be a secret.
  assert.throws(
    () => valuesOver(below, "password: 0123456"),
    ({ message }) => !message.includes("123456"),
  );
  for (const text of ["'0777'", '"yes"', "1.2.3", "10.0.0.1", "2024-01-01", "100Mi", "yesterday", "0x", "-"])
    assert.equal(typeof JSON.parse(valuesOver(below, `a: ${text === "-" ? '"-"' : text}`)).a, "string", text);
  for (const [base, given] of [
    ['{"id":12345678901234567890}', ""],
    [below, "id: 12345678901234567890"],
  ] as const)
    assert.throws(() => valuesOver(base, given), { name: "PackageError", message: /^the number at values\.id is too large/ });
});

test("values that are nested too deep are refused on both sides", () => {
  const deep = `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`;
  for (const [base, given] of [
    [deep, ""],
    [below, deep],
  ] as const)
    assert.throws(() => valuesOver(base, given), { name: "PackageError", message: /nested too deep/ });
});

test("what is no map is refused, and no name reaches a prototype", () => {
  for (const given of ["- 1", "seven", "{", "******"]) assert.throws(() => valuesOver(below, given), PackageError, given);
  const merged = valuesOver(below, '{ "__proto__": { "polluted": true }, "constructor": { "prototype": { "polluted": true } } }');
  assert.match(merged, /"__proto__":\{"polluted":true\}/);
  assert.equal(Reflect.get({}, "polluted"), undefined);
});
