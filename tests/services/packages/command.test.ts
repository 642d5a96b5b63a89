import assert from "node:assert/strict";
import { test } from "node:test";
import { commandWords, mapWords, quoteWord } from "../../../services/packages/command.ts";

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["   ", []],
  ["node app/main.mjs", ["node", "app/main.mjs"]],
  ["  a \t b\n", ["a", "b"]],
  ["sh -c 'echo a  b'", ["sh", "-c", "echo a  b"]],
  ['say "it is \\"so\\"" \\$x', ["say", 'it is "so"', "$x"]],
  ["a''b ''", ["ab", ""]],
  ["'don'\\''t'", ["don't"]],
  ["a && b | c > $HOME", ["a", "&&", "b", "|", "c", ">", "$HOME"]],
  ["'open", ["open"]],
  ['"open\\', ["open\\"]],
  ["end\\", ["end\\"]],
  ["a\"b c\"d'e f'", ["ab cde f"]],
  ['"say \\"hi\\" \\\\ \\n"', ['say "hi" \\ \\n']],
  ["a\\ b \\'c", ["a b", "'c"]],
  ['x "it\'s"', ["x", "it's"]],
  ["$HOME `id` $(id) a;b * ~ #f {g,h}", ["$HOME", "`id`", "$(id)", "a;b", "*", "~", "#f", "{g,h}"]],
];

for (const [command, words] of cases) {
  test(`${JSON.stringify(command)} has the words ${JSON.stringify(words)}`, () => assert.deepEqual(commandWords(command), words));
}

test("a quoted word is one word again, whatever stands in it", () => {
  for (const word of ["plain", "", "a b", "it's", '"', "$(rm -rf /)", "`x`", "\\", "\n", "a\tb", "; x", "--a=b", "'''"]) {
    assert.deepEqual(commandWords(`run ${quoteWord(word)} end`), ["run", word, "end"]);
  }
});

test("only the words that change are written anew", () => {
  assert.equal(
    mapWords("run  'a b' \"$X\"  @ end", (word) => (word === "@" ? "x y" : undefined)),
    "run  'a b' \"$X\"  'x y' end",
  );
});
