import assert from "node:assert/strict";
import { test } from "node:test";
import type { OperationId } from "../../../../schemas/generated/http.ts";
import { app } from "../../../../services/app/service.ts";
import { ownedBy } from "../../../../services/chassis/access/ownership.ts";
import { systemClock } from "../../../../services/chassis/process/clock.ts";
import type { AnyService } from "../../../../services/chassis/service.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { served } from "../../../world/world.ts";

const DAY = 86_400_000;
/** More than any list of a read model holds. */
const MANY = 10_500;
const GROUPS = 30;

const cases: readonly {
  readonly service: AnyService;
  readonly operation: OperationId;
  readonly model: string;
  readonly group: string;
  readonly fields: object;
  readonly counts: { readonly all: string; readonly groups: string; readonly top: string };
}[] = [
  {
    service: app,
    operation: "GetAppStatistics",
    ...{ model: "apps", group: "repo_id", fields: { status: "draft" } },
    counts: { all: "app_count", groups: "repo_count", top: "top_ten_repos" },
  },
  {
    service: runtime,
    operation: "GetRuntimeStatistics",
    ...{ model: "runtimes", group: "provider", fields: { status: "active" } },
    counts: { all: "runtime_count", groups: "provider_count", top: "top_ten_providers" },
  },
  {
    service: cluster,
    operation: "GetClusterStatistics",
    ...{ model: "clusters", group: "runtime_id", fields: { status: "stopped", app_id: "app-1" } },
    counts: { all: "cluster_count", groups: "runtime_count", top: "top_ten_runtimes" },
  },
];

const one = ownedBy({ owner: "usr-one", ownerPath: ":usr-one" });

for (const { service, operation, model, group, fields, counts } of cases)
  test(`${operation} counts ${MANY} documents, and only those of the caller`, async () => {
    const world = await served(service);
    try {
      const at = (daysAgo: number) => new Date(systemClock.now() - daysAgo * DAY).toISOString();
      await Promise.all(
        Array.from({ length: MANY }, (_, index) => {
          const value = {
            ...fields,
            [group]: `g-${index % GROUPS}`,
            ...ownedBy({ owner: "usr-many", ownerPath: ":usr-many" }),
            create_time: at(index % 20),
          };
          return world.put(model, `${model}-${index}`, value);
        }),
      );
      await world.put(model, "other", { ...fields, [group]: "g-0", ...one, create_time: at(0) });
      await world.put(model, "gone", { ...fields, status: "deleted", [group]: "g-0", ...one });
      const { status, body } = await (await world.as("system")).call(operation);
      assert.equal(status, 200);
      assert.deepEqual([body[counts.all], body[counts.groups]], [MANY + 1, GROUPS]);
      const top = Object.entries(body[counts.top]);
      assert.deepEqual(top[0], ["g-0", MANY / GROUPS + 1]);
      assert.equal(top.length, 10);
      const days = Array.from({ length: 14 }, (_, back) => at(13 - back).slice(0, 10));
      assert.deepEqual(Object.keys(body.last_two_week_created), days);
      assert.deepEqual(
        days.map((day) => body.last_two_week_created[day]),
        days.map((_, index) => MANY / 20 + (index === 13 ? 1 : 0)),
      );
      await world.know("user/usr-one", { kind: "user", roleIds: ["developer"], groupPath: "" });
      const own = (await (await world.as("usr-one")).call(operation)).body;
      assert.deepEqual([own[counts.all], own[counts.groups], own[counts.top]], [1, 1, { "g-0": 1 }]);
    } finally {
      await world.stop();
    }
  });
