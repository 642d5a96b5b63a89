import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsOf } from "../../../../../services/providers/local/machine/words.ts";

test("a line is split as packages mean it, and its operators are words", () => {
  assert.deepEqual(wordsOf("say 'a b' \"c $d\" ; e"), ["say", "a b", "c $d", ";", "e"]);
});

test("a list is taken word by word, whatever the words hold", () => {
  assert.deepEqual(wordsOf(["echo", "a b", "'c'", "", "$d;"]), ["echo", "a b", "'c'", "", "$d;"]);
});

test("a command without a program is refused", () => {
  for (const line of ["", "  ", "''", [], [""]]) assert.throws(() => wordsOf(line), { code: "refused", message: /empty/ });
});

test("a NUL character is refused", () => {
  assert.throws(() => wordsOf(["echo", "a\0b"]), { code: "refused" });
});
