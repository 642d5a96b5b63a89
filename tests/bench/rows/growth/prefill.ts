import { type Collection, MongoClient } from "mongodb";
import { codec } from "../../../../events/codec/codec.ts";
import { eachOf } from "../../../../events/concurrency.ts";
import { type CommitDocument, toDocument } from "../../../../events/mongo/commit-document.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { categoriesIn } from "../commands/read-model.ts";
import type { Servers } from "../commands/servers.ts";

const released = codec(schemas);
const BATCH = 1_000;
const CONCURRENCY = 4;
const owned = { owner: "usr-bench", ownerPath: ":usr-bench" };
const described = { locale: "{}", description: "A heading of the catalogue", icon: "" };
const time = "2026-01-01T00:00:00.000Z";

/** A stream as it stands when its commands have long been carried out, published and read. */
type Past = { readonly id: string; readonly events: number };
type Model = { readonly _id: string; readonly [field: string]: unknown };

const commitsOf = function* ({ id, events }: Past): Iterable<CommitDocument> {
  for (let version = 1; version <= events; version++) {
    const name = `${id} ${version}`;
    const about = { categoryId: id, name, ...described };
    const event = version === 1 ? { type: "CategoryCreated", ...about, ...owned } : { type: "CategoryModified", ...about };
    const metadata = {
      ...{ time, actor: { userId: "usr-bench", ownerPath: ":usr-bench" }, row: "prefill", hops: 0, correlationId: name },
      ...{ causationId: null, actionId: null, traceparent: null, fingerprint: null },
    };
    yield toDocument({
      ...{ stream: `category/${id}`, version, events: [released.encode("category", event)], cause: name, rejection: null },
      ...{ claims: [], publish: false, effects: [], timers: [], metadata },
    });
  }
};

const modelOf = ({ id, events }: Past): Model => ({
  ...{ _id: id, _stream: `category/${id}`, _version: events, _deleted: false },
  ...{ category_id: id, name: `${id} ${events}`, ...described, owner: owned.owner, owner_path: owned.ownerPath, owner_group: "" },
  ...{ create_time: time, update_time: time },
});

const batches = function* <T>(items: Iterable<T>): Iterable<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
};

/** Puts streams into the store of the service app without their commands: only so can there be very many in a short time. */
export const prefill = async ({ urlFor }: Servers, pasts: readonly Past[]): Promise<void> => {
  const client = await new MongoClient(urlFor("pitrix_app"), { maxPoolSize: CONCURRENCY, ignoreUndefined: true }).connect();
  try {
    const commits: Collection<CommitDocument> = client.db().collection("commits");
    const models: Collection<Model> = client.db().collection(categoriesIn);
    const all = function* () {
      for (const past of pasts) yield* commitsOf(past);
    };
    await eachOf(batches(all()), CONCURRENCY, async (some) => void (await commits.insertMany(some, { ordered: false })));
    await eachOf(batches(pasts.map(modelOf)), CONCURRENCY, async (some) => void (await models.insertMany(some, { ordered: false })));
  } finally {
    await client.close();
  }
};
