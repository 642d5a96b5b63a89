import { createRequire } from "node:module";
import { resolve } from "node:path";
import { describe, test } from "node:test";

// All unit tests in one process: starting one for each file takes longer than the tests. Each file is a suite, so that what it sets up
// lives as long as its tests, and no longer. It is loaded by `require`, since a suite takes only what is defined before its function returns.
const require = createRequire(import.meta.url);
for (const file of process.argv.slice(2))
  describe(file, () => {
    try {
      require(resolve(file));
    } catch (error) {
      test(`${file} loads`, () => {
        throw error;
      });
    }
  });
