import { after } from "node:test";
import { isMainThread } from "node:worker_threads";

// Loaded into every process of tests: one that something keeps alive for too long says what that is, and fails.
// The timers themselves keep nothing alive, so a process that can end does.
const seconds = Number(process.env.PITRIX_TEST_LIMIT);
/** For what a file of tests leaves behind to end by itself, once its tests are over. */
const SECONDS_AFTER = 30;

const giveUpAfter = (seconds, when) => setTimeout(() => giveUp(`${seconds} s ${when}`), seconds * 1_000).unref();

const giveUp = (late) => {
  const counts = {};
  for (const resource of process.getActiveResourcesInfo()) counts[resource] = (counts[resource] ?? 0) + 1;
  const files = process.argv.slice(1).filter((argument) => argument.endsWith(".js"));
  const named = files.length === 1 ? files[0] : `${files.length} files`;
  console.error(`limit: ${named} not ended ${late}; kept alive by ${JSON.stringify(counts)}`);
  process.exit(1);
};

// Not in the process that only starts those with the tests.
if (isMainThread && !process.execArgv.includes("--test")) {
  giveUpAfter(seconds, "after its start");
  // The unit tests are loaded one file after another, so between two files none may be waiting.
  if (/\.(integration|long)\.js$/.test(process.argv[1] ?? "")) after(() => void giveUpAfter(SECONDS_AFTER, "after its tests"));
}
