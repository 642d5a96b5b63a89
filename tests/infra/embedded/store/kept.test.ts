import assert from "node:assert/strict";
import { test } from "node:test";
import { formFor, readStore, writeStore } from "../../../../infra/embedded/store/kept.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

test("a new directory takes the form that is wanted", () => {
  const directory = temporaryDirectory();
  assert.equal(formFor(directory, undefined), undefined);
  assert.equal(formFor(directory, "native"), "native");
});

test("a directory stays with the form that made it", () => {
  const directory = temporaryDirectory();
  writeStore(directory, { port: 20_000, form: "wheel" });
  assert.deepEqual(readStore(directory), { port: 20_000, form: "wheel" });
  assert.equal(formFor(directory, undefined), "wheel");
  assert.throws(() => formFor(directory, "native"), /of the wheel document store, not the native one/);
});
