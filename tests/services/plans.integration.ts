import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Db, MongoClient } from "mongodb";
import { type Mongo, mongo } from "../../events/mongo/connect.ts";
import type { AnyProjection } from "../../events/projection.ts";
import { collections, indexesOf } from "../../events/subscription/collections.ts";
import { sharedStore } from "../../infra/embedded/shared.ts";
import type { Caller } from "../../services/chassis/access/access.ts";
import { ownedBy } from "../../services/chassis/access/ownership.ts";
import { within } from "../../services/chassis/access/rules.ts";
import { queryOf } from "../../services/chassis/http/queries.ts";
import type { Context, QueryRow } from "../../services/chassis/http/rows.ts";
import { loadServices } from "../../services/chassis/list.ts";
import { services } from "../../services/index.ts";
import { plansOf, scans } from "../events/mongo/profiled.ts";

const MANY = 200;
const context: Context = { actor: { userId: "usr-1", ownerPath: ":g:usr-1" }, now: Date.parse("2024-05-01") };
const callers = (["all", "group", "self"] as const).map(
  (level): Caller => ({ userId: "usr-1", ownerPath: ":g:usr-1", groups: ["g"], groupsAndBelow: ["g", "h"], level, as: () => undefined }),
);

let client: MongoClient;
before(async () => {
  client = await new MongoClient((await sharedStore()).url).connect();
});
after(() => client.close());

/** Requests for everything, by each filter, and for a word. */
const requestsOf = ({ filters = [] }: QueryRow, indexes: readonly string[]): readonly { readonly [field: string]: unknown }[] => {
  const names = [...indexes, ...filters.map((filter) => (typeof filter === "string" ? filter : filter[0]))];
  return [{}, { reverse: false }, { search_word: "x1" }, ...names.map((name) => ({ [name]: ["x1", "x2"] }))];
};

const fill = async ({ documents }: Mongo, collection: string, projection: AnyProjection, fields: readonly string[]): Promise<void> => {
  await documents.ensure(collection, indexesOf(projection));
  const writes = Array.from({ length: MANY }, (_, n) => {
    const time = new Date(context.now + n * 1_000).toISOString();
    const value = Object.fromEntries(fields.map((field) => [field, `x${n % 20}`]));
    const known = { ...ownedBy({ owner: `usr-${n % 20}`, ownerPath: `:g${n % 20}:usr-${n % 20}` }), create_time: time };
    return {
      document: { id: `d-${n}`, stream: `thing/d-${n}`, version: 1, deleted: n % 10 === 0, value: { ...value, ...known } },
      expected: 0,
    };
  });
  await documents.write(collection, writes);
};

for (const service of await loadServices(services)) {
  const { name, projections = [], http = [] } = service;
  const rows = http.filter((row): row is QueryRow => row.kind === "query");
  if (rows.length === 0) continue;

  test(`every query of the ${name} service finds by an index, and the newest page without sorting`, { timeout: 120_000 }, async (t) => {
    const database: Db = client.db(`plans_${name.replaceAll("-", "_")}_${process.pid}`);
    const instance = mongo({ url: (await sharedStore()).url, database: database.databaseName });
    t.after(async () => {
      await database.dropDatabase();
      await instance.close();
    });
    const models = collections(projections);
    for (const projection of projections) {
      const own = rows.filter(({ from }) => from === projection.name);
      const filtered = own.flatMap(({ filters = [] }) => filters.map((filter) => (typeof filter === "string" ? filter : filter[1])));
      await fill(instance, models.of(projection.name), projection, [...indexesOf(projection), ...filtered]);
    }
    const find = instance.documents.find;
    for (const row of rows) {
      const indexes = projections.find((each) => each.name === row.from)?.indexes ?? [];
      const collection = models.of(row.from);
      const plans = await plansOf(database, async () => {
        for (const caller of callers)
          for (const request of requestsOf(row, indexes)) await find(collection, queryOf(row, request, context, indexes, caller));
        for (const caller of callers)
          for (const [model, on, , rule = "own"] of Object.values(row.join ?? {})) {
            const anyOf = within(rule, caller);
            const sort = { field: "create_time", descending: false };
            const where = [{ field: on, in: ["x1", "x2"] }];
            await find(models.of(model), { where, ...(anyOf && { anyOf }), sort, offset: 0, limit: 1_000 });
          }
      });
      assert.deepEqual(scans(plans), [], row.operation);

      const newest = await plansOf(database, async () => {
        await find(collection, { ...queryOf(row, {}, context, indexes, callers[0]), where: [] });
      });
      const [page] = newest.filter(({ op }) => op === "query");
      assert.deepEqual([page?.docsExamined, page?.hasSortStage ?? false], [20, false], row.operation);
    }
  });
}
