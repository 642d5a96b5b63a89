import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../events/simulation/time.ts";
import { type OperationId, operations } from "../../schemas/generated/http.ts";
import { services } from "../../services/index.ts";
import { putInto } from "../world/users.ts";
import { served } from "../world/world.ts";
import { outside, requestOf } from "./cells.ts";
import { holesEverywhere, lines } from "./expectation.ts";
import { documentsOf, rowsOf } from "./fixtures.ts";
import { levelOf, named, withOneBundle } from "./principals.ts";
import { reaches } from "./reach.ts";

const CELLS = 100;
/** Services whose outside decides about no access. The provider needs a machine. */
const stubbed = ["app", "repo"];

test("what docs/access.md refuses is refused by the platform over HTTP: cells at random", { timeout: 60_000 }, async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  // Each process adds the access read model by itself.
  const names = Object.keys(services).filter((name) => name !== "provider-local");
  const loaded = await Promise.all(names.flatMap((name) => services[name]?.() ?? []));
  const world = await served(loaded.map((service) => (stubbed.includes(service.name) ? { service, outside: () => outside } : service)));
  t.after(() => world.stop());
  for (const { instance, database } of world.instances())
    for (const { model, id, value } of documentsOf(instance.service))
      await putInto(database, await instance.collections.of(model), id, `x/${id}`, value);

  const rows = new Map(loaded.flatMap(({ http = [] }) => http.map((row) => [row.operation, row] as const)));
  // The gateway's own operation asks for what a request caused: there is none here.
  const isServed = (operation: OperationId) => rows.has(operation) && operations[operation].service !== "api";
  const callers = [...named.filter(({ userId }) => userId !== "system"), ...withOneBundle];
  const known = new Set<string>();
  const wrong: string[] = [];
  for (let cells = 0; cells < CELLS; ) {
    const [caller, line] = [pick(callers, random), pick(lines, random)];
    const operation = line.operation as OperationId; // Another test checks the names.
    const field = line.fields.length === 0 ? undefined : pick(line.fields, random);
    if (!field || line.isPublic || field.refusals.includes("counted") || !isServed(operation)) continue;
    const wanted = pick(rowsOf(field.name, field.least.keys()), random);
    const level = levelOf(caller, operation);
    if ([...line.holes, ...holesEverywhere].includes(wanted) || (level !== "none" && reaches(caller, operation, field, wanted))) continue;
    cells += 1;
    const userId = `usr-${callers.indexOf(caller)}`;
    const roleIds = caller.roleIds.map((role) => (caller.roles.has(role) ? `${role}-${userId}` : role));
    if (!known.has(userId)) {
      for (const modules of caller.roles.values()) await world.know(`role/role-x-${userId}`, { kind: "role", modules });
      await world.know(`user/${userId}`, { kind: "user", roleIds, groupPath: caller.groupPath });
      known.add(userId);
    }
    const { call } = await world.as(userId);
    const { status, error, body } = await call(operation, requestOf(operation, field.name, wanted, rows.get(operation)));
    const hidden = status === 200 && operations[operation].rows !== null && body.total_count === undefined ? "hidden" : String(status);
    const expected = level === "none" ? ["403"] : field.refusals;
    if (!expected.includes(hidden) || (level === "none" && error !== "permission_denied"))
      wrong.push(`${operation} of ${wanted} by ${caller.name}: ${field.name} is ${hidden}, ${error}`);
  }
  assert.deepEqual(wrong, []);
});

const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)] as T; // The list is not empty.
