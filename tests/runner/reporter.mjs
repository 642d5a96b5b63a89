import { writeFileSync } from "node:fs";
import { relative } from "node:path";

/** A reporter for node:test: a mark for each test, failures in full, and each test with the counts for the closing line in the file that PITRIX_TEST_RESULTS names. */
export default async function* reporter(source) {
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  // At once and not at the end: a run that is cut short has said what it saw.
  const failure = ({ name, file, details }) => {
    const cause = details?.error?.cause ?? details?.error;
    return `\n${paint(31, "failed:")} ${name}${file ? `  (${relative(process.cwd(), file)})` : ""}\n${indent(cause?.stack ?? String(cause ?? ""))}\n`;
  };
  const slow = [];
  const tests = [];
  const failures = [];
  let passed = 0;
  let failed = 0;
  let marks = 0;
  for await (const { type, data } of source) {
    if (type === "test:pass" && data.details?.duration_ms > 1_000) slow.push(data);
    if ((type === "test:pass" || type === "test:fail") && data.details?.type !== "suite") tests.push(resultOf(type, data));
    if (type === "test:pass" && data.details?.type !== "suite") {
      if (data.skip !== undefined || data.todo !== undefined) {
        failed += 1;
        yield failure({ ...data, name: `${data.name} (skipped or to do: every test must run)` });
      } else passed += 1;
      yield `${paint(32, ".")}${++marks % 100 === 0 ? "\n" : ""}`;
    } else if (type === "test:fail" && data.details?.error?.failureType !== "subtestsFailed") {
      failed += 1;
      failures.push(data);
      yield failure(data);
    } else if (type === "test:diagnostic" && data.message.startsWith("Error:")) {
      // Nobody caught it, and node:test cannot say which test it belongs to: the process fails.
      yield `\n${paint(31, data.message)}\n`;
    } else if (type === "test:stderr" && (process.env.PITRIX_TEST_OUTPUT || data.message.startsWith("limit:"))) yield `\n${data.message}`;
  }
  yield "\n";
  slow.sort((a, b) => b.details.duration_ms - a.details.duration_ms);
  for (const { name, details } of slow.slice(0, 10)) yield `${(details.duration_ms / 1_000).toFixed(1).padStart(6)} s  ${name}\n`;
  // Once more in short: the end of a long output is what is kept of it.
  for (const { name, details } of failures) {
    const cause = details?.error?.cause ?? details?.error;
    yield `${paint(31, "failed:")} ${name}: ${String(cause?.message ?? cause).slice(0, 500)}\n`;
  }
  const results = process.env.PITRIX_TEST_RESULTS;
  if (results) writeFileSync(results, JSON.stringify({ passed, failed, tests }));
}

/** Of a file as it stands in the source. */
const resultOf = (type, { name, file = "", skip, todo, details }) => ({
  file: relative(process.cwd(), file)
    .replace(/^dist\//, "")
    .replace(/\.js$/, ".ts"),
  name,
  passed: type === "test:pass" && skip === undefined && todo === undefined,
  milliseconds: Math.round(details?.duration_ms ?? 0),
});

const indent = (text) => text.replaceAll(/^/gm, "    ");
