import assert from "node:assert/strict";
import { test } from "node:test";
import { misread } from "./streaming.ts";

const all = new Map(["a/1@1", "a/1@2", "a/1@3", "b/1@1", "b/1@2"].map((id, index) => [id, index]));
const rules = (ids: readonly string[], since = -1) => misread("a reader", ids, all, since).map(({ column, about }) => `${column} ${about}`);

test("who has had every event in the order of its stream, some of them again, has misread nothing", () => {
  assert.deepEqual(rules(["b/1@1", "a/1@1", "a/1@2", "b/1@1", "b/1@2", "a/1@2", "a/1@3"]), []);
  assert.deepEqual(rules(["a/1@3", "b/1@1", "b/1@2"], 1), []);
});

test("what is missing, what is out of order, and what is not on the log is found", () => {
  assert.deepEqual(rules(["a/1@1", "a/1@2", "b/1@1", "b/1@2"]), ["lost a/1@3"]);
  assert.deepEqual(rules(["a/1@2", "a/1@1", "a/1@3", "b/1@1", "b/1@2"]), ["disordered a/1@1", "disordered a/1@3"]);
  assert.deepEqual(rules(["a/1@1", "a/1@3", "a/1@2", "b/1@1", "b/1@2"]), ["disordered a/1@3", "disordered a/1@2"]);
  assert.deepEqual(rules(["a/1@1", "a/1@2", "a/1@3", "b/1@1", "b/1@2", "c/1@1"]), ["divergent c/1@1"]);
});
