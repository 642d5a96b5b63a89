import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type OperationId, operations } from "../../schemas/generated/http.ts";
import { loadServices } from "../../services/chassis/list.ts";
import { services } from "../../services/index.ts";

const served = new Map<string, string>();
const kinds = new Map<string, string>();
before(async () => {
  for (const { name, http = [] } of await loadServices(services))
    for (const { operation, kind } of http) {
      served.set(operation, name);
      kinds.set(operation, kind);
    }
});
const described = Object.keys(operations) as OperationId[]; // The keys of this object are the operations.

test("every operation of the contract is served by the service that it names", () => {
  assert.deepEqual(
    described.filter((id) => served.get(id) !== operations[id].service),
    [],
  );
});

test("every row of a service is an operation of the contract", () => {
  assert.deepEqual(
    [...served.keys()].filter((id) => !(id in operations)),
    [],
  );
});

test("files and streams are answered by rows of their kind, and by no others", () => {
  for (const id of described) {
    const { answers } = operations[id];
    const kind = kinds.get(id) ?? "";
    assert.equal(["bytes", "stream"].includes(kind) ? kind : "json", answers, id);
  }
});
