import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { EmbeddedError, type EmbeddedFailure } from "../../../infra/embedded/failure.ts";
import { installKafka } from "../../../infra/embedded/kafka/install.ts";
import { installStore } from "../../../infra/embedded/store/install.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A machine with an empty cache, on which only these programs exist. */
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

test("without Python the advice is to install it, or to use a MongoDB", (t) => {
  machine(t, {});
  return failsWith(installStore(), "toolMissing", /python3 is not installed.*MONGODB_URL/);
});

test("a Python without virtual environments is told apart", (t) => {
  machine(t, { python3: "echo 'No module named venv'; exit 1" });
  return failsWith(installStore(), "toolMissing", /python3-venv.*\n.*No module named venv/);
});

test("the native store is not compiled by surprise", (t) => {
  machine(t, {});
  return failsWith(installStore(undefined, "native"), "toolMissing", /make store/);
});
