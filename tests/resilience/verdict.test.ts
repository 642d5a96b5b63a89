import assert from "node:assert/strict";
import { test } from "node:test";
import type { Note, Outage } from "./notes.ts";
import { judgeAnswers, quantiles, refusalTimes } from "./verdict.ts";

const note = (at: number, more: Partial<Note> = {}): Note => ({
  ...{
    service: "app",
    kind: "read",
    about: "ctg-1",
    at,
    end: at + 10,
    took: 10,
    status: 200,
    retryAfter: false,
    warning: "",
    age: undefined,
  },
  ...{ pending: false, shown: "one", wanted: ["one"], text: "", ...more },
});
const death: Outage = { services: ["app"], why: "killed", from: 10_000, back: 20_000, over: 25_000 };
const stale = (at: number, age: number, more: Partial<Note> = {}): Note =>
  note(at, { warning: '110 - "Response is Stale"', age, wanted: [], ...more });
const refusal = (at: number, more: Partial<Note> = {}): Note =>
  note(at, { kind: "write", status: 503, retryAfter: true, shown: "", wanted: [], ...more });
const kinds = (notes: readonly Note[], outages: readonly Outage[] = [death]): readonly string[] =>
  judgeAnswers(notes, outages).map(({ kind }) => kind);

test("a good run has no fault", () => {
  const notes = [note(9_000), refusal(9_990, { status: 502 }), stale(12_000, 3), refusal(12_100), note(21_000), note(30_000)];
  assert.deepEqual(kinds(notes), []);
});

test("an answer that shows what it may not is wrong, whenever it comes", () => {
  assert.deepEqual(kinds([note(1_000, { shown: "none" })]), ["wrong"]);
  assert.deepEqual(kinds([note(22_000, { shown: "none" })]), ["wrong"]);
});

test("while nothing is the matter every failure, and every stale answer, is one too many", () => {
  for (const status of [0, 400, 404, 500, 502, 503]) assert.deepEqual(kinds([note(1_000, { status, wanted: [] })]), ["refused"]);
  assert.deepEqual(kinds([note(1_000), stale(1_100, 0)]), ["refused"]);
  assert.deepEqual(kinds([refusal(26_000)]), ["refused"]);
});

test("another service has to go on", () => {
  assert.deepEqual(kinds([refusal(12_000, { service: "repo" })]), ["refused"]);
  assert.deepEqual(kinds([note(9_000, { service: "repo" }), stale(12_000, 3, { service: "repo" })]), ["refused"]);
});

test("nobody can give a fresh answer for the dead", () => {
  assert.deepEqual(kinds([note(12_000)]), ["wrong"]);
  assert.deepEqual(kinds([note(9_995), note(19_995)]), []);
});

test("a stale answer is the last good one, and as old as it says", () => {
  assert.deepEqual(kinds([note(8_000, { shown: "zero", wanted: ["zero"] }), note(9_000), stale(12_000, 3, { shown: "zero" })]), ["wrong"]);
  assert.deepEqual(kinds([note(9_000), stale(12_000, 0)]), ["wrong"]);
  assert.deepEqual(kinds([note(9_000), stale(12_000, 9)]), ["wrong"]);
  assert.deepEqual(kinds([note(9_000), note(12_000, { warning: "199 - other", age: 3, wanted: [] })]), ["wrong"]);
  assert.deepEqual(kinds([note(9_000), stale(12_000, 3, { age: undefined })]), ["wrong"]);
  assert.deepEqual(kinds([stale(12_000, 3)]), ["wrong"]);
});

test("a refusal says that it is one of the moment, and a read is refused only to who had no answer yet", () => {
  assert.deepEqual(kinds([refusal(12_000, { retryAfter: false })]), ["refused"]);
  assert.deepEqual(kinds([refusal(12_000, { status: 500 })]), ["refused"]);
  assert.deepEqual(kinds([refusal(12_000, { kind: "read" })]), []);
  assert.deepEqual(kinds([note(9_000), refusal(12_000, { kind: "read" })]), ["refused"]);
});

test("refusals are timed from the first one on", () => {
  const notes = [refusal(10_100, { took: 900, end: 11_000 }), refusal(10_500, { took: 500, end: 11_000 }), refusal(12_000, { took: 3 })];
  assert.deepEqual(refusalTimes(notes, [death]), [3]);
  assert.deepEqual(quantiles([5, 1, 3]), { count: 3, median: 3, p99: 5 });
});
