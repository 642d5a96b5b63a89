import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { eachOf } from "../../../events/concurrency.ts";
import { mutated } from "../../simulation/planted-run.ts";

const root = new URL("../../../", import.meta.url);
const models = "events/subscription/read-models.js";
const pointer = "events/subscription/pointer.js";
const rebuild = "events/subscription/rebuild.js";
const verify = "events/subscription/verify.js";
const restore = "events/replay/restore.js";

type Bug = {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The test that finds it: its file, and the beginning of its name. */
  readonly found: readonly [file: `${"subscription" | "replay"}/${string}`, name: string];
};

/** Mistakes that somebody could make with the pointers of read models, and with a lost store, which the simulation does not reach. */
const bugs: readonly Bug[] = [
  {
    name: "move the pointer before the new fold has caught up",
    file: models,
    from: "if (await hasCaughtUp(projection, next.collection, live))",
    to: "if (true)",
    found: ["subscription/new-fold", "a build that can read the old fold is ready at once"],
  },
  {
    name: "move the pointer while an old build lives that cannot read the new fold",
    file: models,
    from: "if (!live.every(({ models: all }) => all[pointer.model]?.reads.includes(next.fold) ?? true))\n            return;",
    to: "",
    found: ["subscription/new-fold", "the pointer stays while an instance lives that cannot read the new fold"],
  },
  {
    name: "feed the old collection no more once the pointer has moved",
    file: models,
    from: "if (fold === projection.version && !rebuild)",
    to: "if (fold === projection.version && !rebuild && (pointers.get(projection.name)?.active === collection || pointers.get(projection.name)?.next === collection))",
    found: ["subscription/rebuild", "a later verification goes on to later ends"],
  },
  {
    name: "drop a collection while an instance still fills or reads it",
    file: models,
    from: "if (!live.every(({ models: all }) => (all[pointer.model]?.generation ?? pointer.generation) >= pointer.generation))\n            return;",
    to: "",
    found: ["subscription/new-fold", "a collection is dropped only after everybody has stopped filling it"],
  },
  {
    name: "answer from a fold that this build cannot read",
    file: pointer,
    from: "return active && readsOf(projection).includes(active.fold) ? active.collection : undefined;",
    to: "return active ? active.collection : undefined;",
    found: ["subscription/new-fold", "a build that cannot read the old fold is not ready"],
  },
  {
    name: "let a rebuild follow the log",
    file: models,
    from: "if (fold === projection.version && !rebuild)",
    to: "if (fold === projection.version)",
    found: ["subscription/rebuild", "a rebuild stops at exactly the ends of the log"],
  },
  {
    name: "take a verdict about other offsets",
    file: pointer,
    from: "isDeepStrictEqual(rebuild.ends, ends)",
    to: "true",
    found: ["subscription/pointer", "a rebuild may become active once"],
  },
  {
    name: "promote what differs",
    file: pointer,
    from: "verdict.differences > 0",
    to: "verdict.differences > 1_000",
    found: ["subscription/pointer", "a rebuild may become active once"],
  },
  {
    name: "compare what is ahead with itself",
    file: verify,
    from: "before: other,",
    to: "before: found,",
    found: ["subscription/rebuild", "a document that is ahead and wrong"],
  },
  {
    name: "copy to the dead letter topic what a rebuild parks",
    file: rebuild,
    from: "deadLetters: false",
    to: "deadLetters: true",
    found: ["subscription/rebuild", "a stream whose fold throws is parked for the rebuild alone"],
  },
  {
    name: "save other positions than the ends",
    file: rebuild,
    from: "await documents.savePosition(name, topic, partition, end);",
    to: "",
    found: ["subscription/rebuild", "a rebuild stops at exactly the ends of the log"],
  },
  {
    name: "restore a stream over a gap",
    file: restore,
    from: "if (version > 1 && !known.has(version - 1)) {",
    to: "if (false) {",
    found: ["replay/restore", "a start is refused where store and log contradict each other"],
  },
  {
    name: "take another content of a version for the same",
    file: restore,
    from: "if (there && !sameEvent(there, stored))",
    to: "if (false)",
    found: ["replay/restore", "a start is refused where store and log contradict each other"],
  },
  {
    name: "begin effects before the store is whole",
    file: "events/run.js",
    from: "const found = await restore({",
    to: "void effects.run(stopping.signal); const found = await restore({",
    found: ["replay/restore", "nothing is decided, and no due work begins"],
  },
  {
    name: "believe a watermark of another topic",
    file: restore,
    from: "topicId === id && offset <= range.to",
    to: "topicId !== undefined && offset <= range.to",
    found: ["replay/restore", "a topic that was made anew is compared as a whole"],
  },
];

/** Whether the test fails with the bug in a process of its own. */
const isFound = async ({ name, file, from, to, found: [test, title] }: Bug): Promise<boolean> => {
  const source = await mutated({ name, file, from, to });
  const hooks = `const planted = ${JSON.stringify({ url: new URL(file, root).href, source })};
    export const load = async (url, context, next) =>
      url === planted.url ? { format: "module", source: planted.source, shortCircuit: true } : next(url, context);`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});`;
  const args = [`--import=data:text/javascript,${encodeURIComponent(register)}`, `--test-name-pattern=^${title}`, `${test}.test.js`];
  // Not as a part of the tests that run here.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: join(import.meta.dirname, ".."), env, maxBuffer: 1e8 }, (error, stdout) => {
      assert.match(stdout, /# (pass|fail) [1-9]/, `no test of ${test} begins with "${title}"`);
      resolve(error !== null);
    });
  });
};

test("the tests of pointers, rebuilds and lost stores find each planted bug", async () => {
  const missed: string[] = [];
  await eachOf(bugs, 2, async (bug) => {
    if (!(await isFound(bug))) missed.push(bug.name);
  });
  assert.deepEqual(missed, []);
});
