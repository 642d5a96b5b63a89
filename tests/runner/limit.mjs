import { isMainThread } from "node:worker_threads";

// Loaded into every process of tests: one that something keeps alive for too long says what that is, and fails.
// The timer itself keeps nothing alive, so a process that can end does.
const seconds = Number(process.env.PITRIX_TEST_LIMIT);

const giveUp = () => {
  const counts = {};
  for (const resource of process.getActiveResourcesInfo()) counts[resource] = (counts[resource] ?? 0) + 1;
  const files = process.argv.slice(1).filter((argument) => argument.endsWith(".js"));
  const named = files.length === 1 ? files[0] : `${files.length} files`;
  console.error(`limit: ${named} not ended after ${seconds} s; kept alive by ${JSON.stringify(counts)}`);
  process.exit(1);
};

// Not in the process that only starts those with the tests.
if (isMainThread && !process.execArgv.includes("--test")) setTimeout(giveUp, seconds * 1_000).unref();
