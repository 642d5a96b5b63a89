import { test } from "node:test";
import { pathToFileURL } from "node:url";

// All unit tests in one process: starting one for each file takes longer than the tests. A file that does not load is a failed test.
for (const file of process.argv.slice(2)) {
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    test(`${file} loads`, () => {
      throw error;
    });
  }
}
