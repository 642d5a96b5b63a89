import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { program } from "../../../services/cli/program.ts";
import { recording } from "./terminal.ts";

const scriptOf = async (shell: string): Promise<string> => {
  const { terminal, text } = recording();
  await program(terminal, {}, new AbortController().signal).parseAsync(["completion", shell], { from: "user" });
  return text();
};
/** What bash would offer after these words. */
const offered = (script: string, ...words: readonly string[]): readonly string[] => {
  const line = ["pitrix", ...words].map((word) => `'${word}'`).join(" ");
  const asked = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length}; _pitrix; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", asked], { encoding: "utf8" }).trim().split("\n");
};

test("bash completes commands, those below them, and options, also behind an argument", async () => {
  const script = await scriptOf("bash");
  assert.deepEqual(offered(script, "comp"), ["completion"]);
  assert.deepEqual(offered(script, "replay", "pro"), ["promote"]);
  assert.deepEqual(offered(script, "replay", "run", "cluster/clusters", "--may"), ["--may-differ"]);
  assert.deepEqual(offered(script, "--json", "parked", "dis"), ["discard"]);
});

test("zsh takes the same, and fish has a line for each command", async () => {
  assert.match(await scriptOf("zsh"), /bashcompinit\n_pitrix\(\)/);
  const fish = await scriptOf("fish");
  assert.match(fish, /^complete -c pitrix -n '__fish_seen_subcommand_from replay; and __fish_seen_subcommand_from run' -a '.*--rate/m);
});
