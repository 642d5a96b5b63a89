import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { codec } from "../../../../events/codec/codec.ts";
import { topicOf } from "../../../../events/contract.ts";
import { kafkaLog } from "../../../../events/kafka/log.ts";
import { metaOf, recordsOf, typeOf } from "../../../../events/log/record.ts";
import { aggregateOf } from "../../../../events/message.ts";
import type { Log } from "../../../../events/ports.ts";
import { schemas } from "../../../../schemas/generated/schemas.ts";
import { contract } from "../../../../services/chassis/contract.ts";
import type { Measurement } from "../../harness/row.ts";
import { usageOf } from "../../harness/usage.ts";
import { type Servers, startServers } from "../commands/servers.ts";
import { type Subject, startPitrix } from "../commands/subject.ts";
import { serveRepository } from "./serving.ts";

type Input = { readonly directory: string; readonly count: number; readonly profiles?: string; readonly embedded?: boolean };
const input: Input = JSON.parse(process.env.BENCH_INPUT ?? "{}");
const LIMIT = 20 * 60_000;
const released = codec(schemas);

/** Waits for the end of an indexing run, and takes its time from the two events that enclose it. */
const runsOn = async (log: Log) => {
  const began = new Map<string, number>();
  const ended = new Map<string, { readonly at: number; readonly why: string }>();
  await log.follow(topicOf(contract, "repo"), async (record) => {
    const type = typeOf(record) ?? "";
    const { time } = metaOf(record);
    const schemaId = Number(record.headers.ce_dataschema?.split("/").at(-1));
    // Of these events, what is looked at here.
    const event = (record.value ? released.decode(schemaId, record.value.subarray(5)) : {}) as { repoEventId?: string; reason?: string };
    const id = event.repoEventId ?? "";
    if (type === "RepoIndexingRequested") began.set(id, Date.parse(time));
    if (type === "RepoIndexed" || type === "RepoIndexingFailed") ended.set(id, { at: Date.parse(time), why: event.reason ?? "" });
  });
  return async (number: number): Promise<{ readonly repoEventId: string; readonly seconds: number }> => {
    for (const until = Date.now() + LIMIT; Date.now() < until; await pause(20)) {
      const [repoEventId, end] = [...ended][number - 1] ?? [];
      if (repoEventId === undefined || end === undefined) continue;
      if (end.why) throw new Error(`the repository was not indexed: ${end.why}`);
      return { repoEventId, seconds: (end.at - (began.get(repoEventId) ?? Number.NaN)) / 1000 };
    }
    throw new Error("the repository was not indexed in time");
  };
};

/** Says what services that take no part here would say. */
const announce = async (log: Log, service: string, stream: string, event: { readonly type: string; readonly [field: string]: unknown }) => {
  const encoded = released.encode(aggregateOf(stream), event);
  const told = {
    time: new Date().toISOString(),
    actor: { userId: "system", ownerPath: "" },
    row: "bench",
    hops: 0,
    correlationId: "bench",
  };
  const metadata = { ...told, causationId: null, actionId: null, traceparent: null, fingerprint: null };
  const bare = { cause: null, rejection: null, claims: [], publish: false, effects: [], timers: [] };
  await log.publish(recordsOf(contract, service, { stream, version: 1, events: [encoded], ...bare, metadata }));
};

/** The provider for which the packages are. */
const provider = {
  ...{ type: "ProviderAnnounced", provider: "local", service: "provider-local", actions: [] },
  ...{ versionTypes: ["vmbased"], zones: [], credentialSchema: "{}" },
};

const command = async ({ url, headers }: Subject, path: string, body: object): Promise<{ readonly [field: string]: unknown }> => {
  for (const until = Date.now() + 30_000; ; await pause(20)) {
    const answer = await fetch(new URL(path, url), {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    // The caller and the provider may not be known yet; the run before may not have been told that it is over.
    if (Date.now() > until || ![400, 401].includes(answer.status)) throw new Error(`${path}: ${answer.status} ${text}`);
  }
};

const packagesIn = async ({ urlFor }: Servers): Promise<{ readonly commits: number; readonly unpublished: number }> => {
  const client = await new MongoClient(urlFor("pitrix_repo")).connect();
  try {
    const commits = client.db().collection<{ readonly _id: string; readonly stream: string }>("commits");
    for (const until = Date.now() + 60_000; ; await pause(200)) {
      const unpublished = await commits.countDocuments({ publish: { $exists: true } });
      if (unpublished > 0 && Date.now() < until) continue;
      return { commits: await commits.countDocuments({ _id: { $gte: "package/", $lt: "package0" } }), unpublished };
    }
  } finally {
    await client.close();
  }
};

const index = async (servers: Servers, repo: Subject, url: string): Promise<Measurement> => {
  const log = kafkaLog({ ...servers.connection, clientId: "bench" });
  try {
    const run = await runsOn(log);
    await announce(log, "provider-local", "localProvider/local", provider);
    const about = { name: "bench", description: "", type: "http", url, credential: "{}", visibility: "public", providers: ["local"] };
    if (input.profiles) for (const pid of repo.pids) process.kill(pid, "SIGUSR2");
    const before = usageOf(repo.pids);
    const repoId = String((await command(repo, "/v1/repos", about)).repo_id);
    const first = await run(1);
    const between = usageOf(repo.pids);
    const left = await packagesIn(servers);
    await announce(log, "app", `repoAdoption/${first.repoEventId}`, { type: "RepoIndexAdopted", repoId, repoEventId: first.repoEventId });
    await command(repo, "/v1/repos/index", { repo_id: repoId });
    const again = await run(2);
    const after = await packagesIn(servers);
    const right = left.commits === input.count && left.unpublished === 0 && after.commits === left.commits;
    return {
      ...{ units: input.count, seconds: first.seconds, cpuSeconds: between.cpuSeconds - before.cpuSeconds },
      memoryBytes: usageOf(repo.pids).memoryBytes,
      check: right ? "right" : `${left.commits} listings, then ${after.commits}, of ${input.count}; ${left.unpublished} not published`,
      values: { "first, rate": input.count / first.seconds, "first, s": first.seconds, "unchanged, s": again.seconds },
    };
  } finally {
    await log.close();
  }
};

const servers = await startServers(input);
try {
  const repository = await serveRepository(input.directory);
  const repo = await startPitrix(["repo"], { servers, profiles: input.profiles });
  try {
    console.log(JSON.stringify(await index(servers, repo, repository.url)));
  } finally {
    await repo.stop();
    repository.stop();
  }
} finally {
  await servers.stop();
}
