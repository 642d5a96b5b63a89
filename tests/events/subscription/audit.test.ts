import assert from "node:assert/strict";
import { test } from "node:test";
import { auditor, type Finding } from "../../../events/subscription/audit.ts";

const audited = (...records: readonly (readonly [stream: string, sequence: number | string])[]) => {
  const { take, result } = auditor();
  for (const [offset, [key, sequence]] of records.entries())
    take({ topic: "pitrix.category", partition: 0, offset, key, value: Buffer.alloc(0), headers: { ce_sequence: String(sequence) } });
  return result();
};
const findings = (...versions: readonly number[]): readonly Finding[] =>
  audited(...versions.map((version) => ["category/a", version] as const)).findings;
const missing = (from: number, to: number, offset: number): Finding => ({
  ...{ kind: "missing", stream: "category/a", from, to, origin: `pitrix.category/0/${offset}` },
});
const late = (version: number, offset: number): Finding => ({
  ...{ kind: "late", stream: "category/a", version, origin: `pitrix.category/0/${offset}` },
});

test("a log on which each version of each stream is there, and first in order, has no findings, however much of it is repeated", () => {
  const audit = audited(["category/a", 1], ["category/b", 1], ["category/a", 2], ["category/a", 1], ["category/a", 2], ["category/a", 3]);
  assert.deepEqual(audit, { records: 6, streams: 2, repeats: 2, findings: [] });
});

test("versions that are nowhere are found, at the start of a stream and within, with the record that shows it", () => {
  assert.deepEqual(findings(3), [missing(1, 2, 0)]);
  assert.deepEqual(findings(1, 2, 4, 5, 9), [missing(3, 3, 2), missing(6, 8, 4)]);
});

test("a version that comes for the first time after a later one is late, and missing no more", () => {
  assert.deepEqual(findings(1, 5, 3), [missing(2, 2, 1), missing(4, 4, 1), late(3, 2)]);
  assert.deepEqual(findings(1, 3, 2, 2), [late(2, 2)]);
});

test("a record that tells no version is found", () => {
  for (const sequence of ["", "x", "0", "-1"])
    assert.deepEqual(audited(["category/a", sequence]).findings, [
      { kind: "unversioned", stream: "category/a", origin: "pitrix.category/0/0" },
    ]);
});
