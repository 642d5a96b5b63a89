import { FAILSAFE_SCHEMA, load } from "js-yaml";
import { type Binary, MongoClient } from "mongodb";
import { eachOf } from "../../../../events/concurrency.ts";
import { mongoBlobs } from "../../../../events/mongo/blobs.ts";
import { contestant } from "../../harness/contestant.ts";
import { startServers } from "../commands/servers.ts";
import { serveRepository } from "./serving.ts";

// The floor: the index is parsed once, and each of its versions is one insert. With archives, each is fetched and kept before.
type Input = { readonly directory: string; readonly count: number; readonly archives: boolean; readonly embedded?: boolean };
type Version = { readonly name: string; readonly version: string; readonly urls: readonly string[]; readonly [field: string]: unknown };
type Index = { readonly entries: { readonly [name: string]: readonly Version[] } };
type Commit = {
  readonly _id: string;
  readonly events: readonly { readonly bytes: Uint8Array | Binary }[];
  readonly [field: string]: unknown;
};
const CONCURRENCY = 32;

await contestant<Input>(async ({ directory, archives, embedded }) => {
  const servers = await startServers({ embedded });
  const repository = await serveRepository(directory);
  const client = await new MongoClient(servers.urlFor("floor"), { maxPoolSize: CONCURRENCY, writeConcern: { w: "majority" } }).connect();
  const commits = client.db().collection<Commit>("commits");
  await commits.createIndexes([{ key: { publish: 1, _id: 1 }, name: "publish", partialFilterExpression: { publish: true } }]);
  const blobs = mongoBlobs(async () => client.db(), Date.now);
  const insert = async ({ name, version, ...rest }: Version): Promise<void> => {
    const [url = ""] = rest.urls;
    if (archives) await blobs.put(new Uint8Array(await (await fetch(new URL(url, repository.url))).arrayBuffer()));
    const place = `package/${name}-${version}@000000000001`;
    const bytes = Buffer.from(JSON.stringify({ name, version, ...rest }));
    const metadata = { time: new Date().toISOString(), row: "effect", actor: { userId: "usr-bench", ownerPath: ":usr-bench" }, hops: 1 };
    await commits.insertOne({
      _id: place,
      stream: `package/${name}-${version}`,
      version: 1,
      publish: true,
      events: [{ bytes }],
      metadata,
    });
  };
  return {
    work: async () => {
      const began = performance.now();
      const text = await (await fetch(new URL("index.yaml", repository.url))).text();
      const read = performance.now();
      const index = load(text, { schema: FAILSAFE_SCHEMA }) as Index; // The row has written it.
      const parsed = performance.now();
      const versions = Object.values(index.entries).flat();
      await eachOf(versions, CONCURRENCY, insert);
      const seconds = (performance.now() - began) / 1000;
      const parse = (parsed - read) / 1000;
      return { units: versions.length, values: { "first, rate": versions.length / seconds, "first, s": seconds, "unchanged, s": parse } };
    },
    check: async () => `${await commits.countDocuments({})}`,
    close: async () => {
      await client.close();
      repository.stop();
      await servers.stop();
    },
  };
});
