import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { generate } from "./generators/run.mjs";

const usage = `node schemas/generate.mjs [--check] [--rewrite-unreleased] [--released <git ref>]

Makes schemas/generated from the event schemas and the OpenAPI document, and gives new schemas their ids.
  --check                say which files are stale, write nothing, exit 1 if any
  --rewrite-unreleased   first forget the ids that the released lock does not have
  --released <git ref>   where the released lock stands (default HEAD)`;

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

/** The lock as committed; undefined where none is, as in a folder without git, unless the answer is needed. */
function lockAt(ref) {
  const needed = values["rewrite-unreleased"] || values.released !== "HEAD";
  if (!git("rev-parse", "--verify", `${ref}^{commit}`)) {
    if (needed) throw new Error(`git knows no commit ${ref}, so nobody knows what is released`);
    return undefined;
  }
  const text = git("show", `${ref}:./ids.json`);
  return text && JSON.parse(text);
}

/** What git prints; undefined where it refuses. */
function git(...words) {
  const { status, stdout } = spawnSync("git", words, { cwd: import.meta.dirname, encoding: "utf8", maxBuffer: 1 << 28 });
  return status === 0 ? stdout : undefined;
}
