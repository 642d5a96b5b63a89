import assert from "node:assert/strict";
import { test } from "node:test";
import { bundles, type OperationId, operations } from "../../schemas/generated/http.ts";
import { platform } from "./cells.ts";
import { holesEverywhere, type Line, lines } from "./expectation.ts";
import { rowsOf } from "./fixtures.ts";
import { type Caller, gone, levelOf, named, withOneBundle } from "./principals.ts";
import { reaches } from "./reach.ts";

const isOperation = (name: string): name is OperationId => name in operations;

test("every operation has one line, and every line is an operation", () => {
  assert.deepEqual(lines.map(({ operation }) => operation).toSorted(), Object.keys(operations).toSorted());
});

test("who may call an operation, and at which level, is as the page says, for every bundle at every level", () => {
  const callers = [...named, ...withOneBundle];
  const wrong: string[] = [];
  for (const line of lines) {
    assert.ok(isOperation(line.operation));
    assert.equal(operations[line.operation].public, line.isPublic, line.operation);
    if (line.isPublic) continue;
    for (const caller of callers) {
      const [expected, actual] = [expectedLevel(caller, line), levelOf(caller, line.operation)];
      if (expected !== actual) wrong.push(`${line.operation} ${caller.name}: ${actual}, not ${expected}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(callers.length * lines.length > 20_000);
});

const expectedLevel = (caller: Caller, { bundles: granting, roles }: Line) => {
  if (caller.userId === "system") return "all";
  if (!caller.only) return caller.roleIds.map((role) => roles.get(role)).at(0) ?? "none";
  if (granting.includes(caller.only.bundle)) return caller.only.level;
  // Every role has module m0, at its level of the role or for oneself.
  if (!granting.some((id) => id.startsWith("m0."))) return "none";
  return bundles[caller.only.bundle]?.module === "m0" ? caller.only.level : "self";
};

test("whose rows an operation reaches is as the page says", async (t) => {
  const { enter, refusal, count } = await platform();
  const wrong: string[] = [];
  const holes = new Set<string>();
  let cells = 0;
  for (const caller of [...named, ...withOneBundle, ...gone]) {
    await enter(caller);
    for (const line of lines) {
      const { operation } = line;
      if (!isOperation(operation) || line.isPublic || levelOf(caller, operation) === "none") continue;
      // A role with one bundle is tried with the operations of this bundle.
      if (caller.only && !named.includes(caller) && !line.bundles.includes(caller.only.bundle)) continue;
      const differs = (row: string, what: string) => {
        const hole = line.holes.includes(row) ? `${operation} ${row}` : holesEverywhere.includes(row) ? row : undefined;
        if (hole) holes.add(hole);
        else wrong.push(`${operation} of ${row} by ${caller.name}: ${what}`);
      };
      for (const field of line.fields) {
        // What power decides is told of people in their groups.
        if (gone.includes(caller) && [...field.least.values()].some((least) => least === "admin" || least === "system")) continue;
        if (field.refusals.includes("counted")) {
          const reached = rowsOf(field.name, []).filter((row) => reaches(caller, operation, field, row)).length;
          const found = await count(caller, operation, field.name);
          cells += 1;
          if (found !== reached) differs(found === reached + 1 ? "left" : "some", `${found} are counted, not ${reached}`);
          continue;
        }
        for (const row of rowsOf(field.name, field.least.keys())) {
          const refused = await refusal(caller, operation, field.name, row);
          cells += 1;
          if (reaches(caller, operation, field, row) ? refused !== undefined : !field.refusals.includes(refused ?? ""))
            differs(row, `${field.name} is ${refused ?? "not refused"}`);
        }
      }
    }
  }
  t.diagnostic(`${cells} cells`);
  assert.deepEqual(wrong, []);
  const marked = lines.flatMap((line) => line.holes.map((row) => `${line.operation} ${row}`));
  assert.deepEqual(
    [...marked, ...holesEverywhere].filter((hole) => !holes.has(hole)),
    [],
    "these holes are mended: remove their marks",
  );
});
