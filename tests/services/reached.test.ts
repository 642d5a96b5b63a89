import assert from "node:assert/strict";
import { test } from "node:test";
import { operations } from "../../schemas/generated/http.ts";
import { answered } from "../world/requests.ts";
import "./account/clients.test.ts";
import "./account/groups.test.ts";
import "./account/roles.test.ts";
import "./account/sessions.test.ts";
import "./account/token.test.ts";
import "./account/users.test.ts";
import "./api/commands.test.ts";
import "./api/events.test.ts";
import "./api/inspections.test.ts";
import "./api/operating.test.ts";
import "./app/http.test.ts";
import "./cluster/http.test.ts";
import "./cluster/http-changes.test.ts";
import "./cluster/http-lists.test.ts";
import "./cluster/logs.test.ts";
import "./repo/http.test.ts";
import "./runtime/http.test.ts";
import "./webhook/deliveries.test.ts";

// The tests of all services over HTTP, which run before this one.
test("every operation of every service is answered over HTTP in a test", () => {
  const missing = Object.entries(operations).filter(([id]) => ![...answered].some((each) => each === id));
  assert.deepEqual(
    missing.map(([id, { service }]) => `${service} ${id}`),
    [],
  );
});
