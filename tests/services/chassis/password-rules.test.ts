import assert from "node:assert/strict";
import { test } from "node:test";
import { weaknessIn } from "../../../services/chassis/access/password-rules.ts";

const refused = async (password: string) => (await weaknessIn(password))?.error;

test("a password has 12 to 128 characters, of any kind", async () => {
  for (const good of [
    "correct horse",
    "twelve signs",
    "密码一二三四五六七八九十",
    "a😀b😀c😀d😀e😀f😀",
    `words ${"and words ".repeat(12)}`,
  ])
    assert.equal(await refused(good), undefined, good);
  for (const short of ["", "elevensigns", "a          b", "correct     ", "😀😀😀😀😀😀"])
    assert.equal(await refused(short), "password_too_short", short);
  assert.equal(await refused(`words ${"and words ".repeat(13)}`), "password_too_long");
});

test("passwords that are guessed first are refused, also with digits and signs around them", async () => {
  for (const common of [
    "123456789012",
    "qwertyuiop123",
    "Administrator1!",
    "password2026!",
    "PASSWORD12345",
    "aaaaaaaaaaaaa",
    "abcabcabcabc",
    "1q2w3e4r5t6y",
  ])
    assert.equal(await refused(common), "password_too_common", common);
});
