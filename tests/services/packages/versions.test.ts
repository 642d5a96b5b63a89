import assert from "node:assert/strict";
import { test } from "node:test";
import { compareVersions, versionName } from "../../../services/packages/versions.ts";

test("a version is shown with the application's version, if there is one", () => {
  assert.equal(versionName("1.1.0", "2.0"), "1.1.0 [2.0]");
  assert.equal(versionName("1.1.0", ""), "1.1.0");
});

test("versions are ordered as semantic versioning says, others come before them all", () => {
  const ascending = [
    "abc",
    "latest",
    "0.9.0",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "v1.2.0",
    "1.10",
    "2",
    "20260101120000.0.0",
    "99999999999999999998.0.0",
    "99999999999999999999.0.0",
  ];
  for (const [index, lower] of ascending.entries()) {
    assert.equal(compareVersions(lower, lower), 0);
    for (const higher of ascending.slice(index + 1)) {
      assert.ok(compareVersions(lower, higher) < 0, `${lower} < ${higher}`);
      assert.ok(compareVersions(higher, lower) > 0, `${higher} > ${lower}`);
    }
  }
});

test("builds of one version are equal", () => assert.equal(compareVersions("1.0.0+one", "1.0+two"), 0));
