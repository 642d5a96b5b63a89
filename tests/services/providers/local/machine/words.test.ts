import assert from "node:assert/strict";
import { test } from "node:test";
import { splitWords, wordsOf } from "../../../../../services/providers/local/machine/words.ts";

const splits: Record<string, readonly string[]> = {
  "node server.js --port 80": ["node", "server.js", "--port", "80"],
  "  a \t b\n c  ": ["a", "b", "c"],
  "a 'b c' d": ["a", "b c", "d"],
  'a "b c" d': ["a", "b c", "d"],
  "a\"b c\"d'e f'": ["ab cde f"],
  "'' \"\" a": ["", "", "a"],
  '"say \\"hi\\" \\\\ \\n"': ['say "hi" \\ \\n'],
  "'\\n \"'": ['\\n "'],
  "a\\ b \\'c": ["a b", "'c"],
  "end\\": ["end\\"],
  'x "it\'s"': ["x", "it's"],
  "$HOME `id` $(id) a;b | c > d && e * ~ #f {g,h}": [..."$HOME `id` $(id) a;b | c > d && e * ~ #f {g,h}".split(" ")],
  "": [],
};

for (const [text, words] of Object.entries(splits)) {
  test(`${JSON.stringify(text)} has ${words.length} words`, () => assert.deepEqual(splitWords(text), words));
}

test("an unclosed quote is refused", () => {
  assert.throws(() => splitWords("a 'b"), { code: "refused", message: /unclosed '/ });
  assert.throws(() => splitWords('a "b\\"'), { code: "refused" });
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
