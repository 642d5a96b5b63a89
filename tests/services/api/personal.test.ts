import assert from "node:assert/strict";
import { test } from "node:test";
import { type OperationId, operations } from "../../../schemas/generated/http.ts";
import { routesOf } from "../../../services/api/routes.ts";
import { apiDocument } from "../../../services/chassis/http/document.ts";

const document = apiDocument();
/** The schemas of requests. */
const requests = new Set(["TokenRequest"]);

test("every schema with a field that sounds like a person says that it tells of one", () => {
  const schemas = Object.entries(Object(document).components.schemas) as [string, { properties?: object; "x-personal"?: boolean }][]; // It is OpenAPI.
  const sounding = schemas.filter(([, { properties = {} }]) =>
    Object.keys(properties).some((name) => /e-?mail|phone|user_?name/i.test(name)),
  );
  assert.ok(sounding.length > 0);
  assert.deepEqual(
    sounding.filter(([name, schema]) => !schema["x-personal"] && !requests.has(name)).map(([name]) => name),
    [],
  );
});

test("the gateway keeps answers for the time when a service is down, but none that tells of people", () => {
  const kept = new Map(routesOf(document).all.map(({ name, isKept }) => [name, isKept]));
  const reads = (Object.keys(operations) as OperationId[]).filter((id) => operations[id].method === "get"); // Its keys are exactly these.
  assert.deepEqual(
    reads.filter((id) => !kept.get(id)),
    ["DescribeGroupsDetail", "DescribeUsers", "DescribeUsersDetail"],
  );
  assert.equal(kept.get("ModifyUser"), false);
});
