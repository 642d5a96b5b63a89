import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { generate } from "./generators/run.mjs";

const usage = `node schemas/generate.mjs [--check] [--rewrite-unreleased] [--released <git ref>]

Generates schemas/generated from the event schemas and the OpenAPI document, and assigns ids to new schemas.
  --check                list stale files, write nothing, exit with 1 if a file is stale
  --rewrite-unreleased   first remove the ids that the released lock does not have
  --released <git ref>   the commit of the released lock (default HEAD)

Example:
  node schemas/generate.mjs --check`;

const { values } = parseArgs({
  options: {
    check: { type: "boolean", default: false },
    "rewrite-unreleased": { type: "boolean", default: false },
    released: { type: "string", default: "HEAD" },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(usage);
} else {
  const { problems, stale, written } = generate({
    directory: import.meta.dirname,
    check: values.check,
    rewriteUnreleased: values["rewrite-unreleased"],
    released: lockAt(values.released),
  });
  for (const problem of problems) console.error(`schemas: ${problem}`);
  for (const file of stale) console.error(`schemas/${file} is stale: run npm run generate`);
  for (const file of written) console.log(`schemas/${file} written`);
  process.exitCode = problems.length || stale.length ? 1 : 0;
}

/** The committed lock; undefined without git or without a lock. Throws if an option needs a commit that does not exist. */
function lockAt(ref) {
  const needed = values["rewrite-unreleased"] || values.released !== "HEAD";
  if (!git("rev-parse", "--verify", `${ref}^{commit}`)) {
    if (needed) throw new Error(`git has no commit ${ref}, so the released lock is unknown`);
    return undefined;
  }
  const text = git("show", `${ref}:./ids.json`);
  return text && JSON.parse(text);
}

/** The output of git; undefined if git fails. */
function git(...words) {
  const { status, stdout } = spawnSync("git", words, { cwd: import.meta.dirname, encoding: "utf8", maxBuffer: 1 << 28 });
  return status === 0 ? stdout : undefined;
}
