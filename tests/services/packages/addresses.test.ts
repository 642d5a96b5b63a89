import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutAddresses } from "../../../services/packages/addresses.ts";

test("e-mail addresses are left out of a text, and nothing else", () => {
  for (const [text, without] of [
    ['[{"name":"Ann","email":"ann@example.org","url":"https://example.org"}]', '[{"name":"Ann","email":"","url":"https://example.org"}]'],
    ["Ann <ann@example.org>, Bob (bob@example.org)", "Ann <>, Bob ()"],
    ["mailto:ann@example.org", ""],
    ["@ann at example.org", "@ann at example.org"],
    ["密码@例子.中国", ""],
    ["", ""],
  ] as const)
    assert.equal(withoutAddresses(text), without);
});

test("a long text takes a moment", () => {
  const began = performance.now();
  for (const text of ["a".repeat(1_000_000), "@".repeat(1_000_000), "a@".repeat(500_000), "a ".repeat(500_000)]) withoutAddresses(text);
  assert.ok(performance.now() - began < 2_000);
});
