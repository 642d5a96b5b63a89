import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, isProblem, localeOf, makeProblem, problemOf, rejection } from "../../../../services/chassis/http/problems.ts";

const messageIn = (locale: "en" | "zh", ...given: Parameters<typeof makeProblem>) =>
  Reflect.get(bodyOf(makeProblem(...given), locale), "message");

test("a problem has a name, a status, a code and headers of the catalogue, and speaks English and Chinese", () => {
  const { name, code, status, message, headers } = makeProblem("rate_limit_exceeded", "3", { headers: { "retry-after": "3" } });
  assert.deepEqual([name, code, status, headers], ["rate_limit_exceeded", 8, 429, { "retry-after": "3" }]);
  assert.equal(message, "too many requests: try again in 3 s");
  assert.deepEqual([makeProblem("unavailable").status, makeProblem("unavailable").headers], [503, { "retry-after": "2" }]);
  assert.equal(messageIn("en", "missing_parameter", "name"), "missing parameter [name]");
  assert.equal(messageIn("zh", "missing_parameter", "name"), "缺少参数[name]");
  assert.equal(messageIn("zh", "missing_parameter", "$&"), "缺少参数[$&]", "the subject is no pattern");
  assert.equal(messageIn("zh", "service_unavailable", "app"), "服务app暂时无法响应; 请求未执行");
  assert.deepEqual(["zh-CN,zh;q=0.9", "en, zh", "", undefined].map(localeOf), ["zh", "en", "en", "en"]);
});

test("the body of a problem has the shape of OpenPitrix's errors", () => {
  assert.deepEqual(bodyOf(makeProblem("illegal_parameter_format", "limit", { cause: "/limit must be integer" })), {
    error: "illegal format of parameter [limit]",
    message: "illegal format of parameter [limit]",
    code: 3,
    details: [
      {
        "@type": "type.googleapis.com/openpitrix.ErrorDetail",
        ...{ error_name: "illegal_parameter_format", cause: "/limit must be integer" },
      },
    ],
  });
});

test("a rejection becomes the problem of its kind, keeps its own words, and its own name if it has one", () => {
  const statuses = (["invalid", "precondition", "denied", "notFound", "exists"] as const).map((kind) => {
    const { name, code, status } = problemOf({ rejected: "no", kind });
    return [name, code, status];
  });
  assert.deepEqual(statuses, [
    ["illegal_parameter_format", 3, 400],
    ["failed_precondition", 9, 400],
    ["permission_denied", 7, 403],
    ["resource_not_found", 5, 404],
    ["resource_already_exists", 6, 409],
  ]);
  const named = problemOf({ rejected: "it is in use", error: "category_in_use" });
  assert.deepEqual([named.name, named.code, named.message], ["category_in_use", 9, "it is in use"]);
  assert.deepEqual(bodyOf(named, "zh"), bodyOf(named, "en"), "only the catalogue is translated");
});

test("a rejection in the catalogue's words is translated when it is answered, however long ago it was recorded", () => {
  const recorded = rejection("notFound", "resource_not_found", "app-1");
  assert.deepEqual(recorded, { rejected: "resource [app-1] not found", kind: "notFound", error: "resource_not_found" });
  assert.equal(Reflect.get(bodyOf(problemOf(recorded), "zh"), "message"), "资源[app-1]不存在");
});

test("a problem is told from what stands in its place", () => {
  const problem = makeProblem("internal_error");
  assert.ok(isProblem(problem) && isProblem({ ...problem, cause: "it is unknown" }));
  const forged = JSON.parse(JSON.stringify(problem));
  for (const other of [undefined, null, "internal_error", [], {}, forged, rejection("denied", "permission_denied", "x")])
    assert.ok(!isProblem(other));
});
