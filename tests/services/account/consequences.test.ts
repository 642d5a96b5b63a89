import assert from "node:assert/strict";
import { test } from "node:test";
import { consequences } from "../../../services/account/http/consequences.ts";
import { http } from "../../../services/account/http/http.ts";
import { exceedsPower } from "../../../services/account/http/powers.ts";
import { command } from "../../../services/account/http/rows.ts";

test("every command of a row is judged by what it does to people", () => {
  const rows = http.flatMap((row) => (row.kind === "command" ? [row] : []));
  assert.ok(rows.length > 15);
  for (const { operation, issues, guard } of rows) {
    assert.equal(guard?.judge, exceedsPower, operation);
    assert.ok(issues.length > 0 && issues.every((type) => type in consequences), operation);
  }
});

test("a row that issues a command without an entry in the table does not compile", () => {
  const answer = () => ({ group_id: [] });
  assert.ok(command("DeleteGroups", { issues: "DeleteGroup", command: () => ({ type: "DeleteGroup", groupId: "" }), answer }));
  // @ts-expect-error: the table says nothing of it
  assert.ok(command("DeleteGroups", { issues: "ExitGroup", command: () => ({ type: "ExitGroup", userId: "", groupId: "" }), answer }));
});
