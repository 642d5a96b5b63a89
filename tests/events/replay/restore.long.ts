import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { test } from "node:test";
import { MongoClient } from "mongodb";
import { mapOf } from "../../../events/concurrency.ts";
import { kafkaLog } from "../../../events/kafka/log.ts";
import { mongo } from "../../../events/mongo/connect.ts";
import type { Commit, EventStore, LogRecord } from "../../../events/ports.ts";
import type { Restored } from "../../../events/replay/restore.ts";
import { instance } from "../../../events/run.ts";
import { auditor, forgedAmong, type PublishedEvent } from "../../../events/subscription/audit.ts";
import { digestOf } from "../../../events/subscription/document-digest.ts";
import { embedded } from "../../../infra/embedded/shared.ts";
import type { AccountCommand } from "../../../services/account/domain/domain.ts";
import { account } from "../../../services/account/service.ts";
import { causeCipher } from "../../../services/chassis/access/causes.ts";
import { contract as released } from "../../../services/chassis/contract.ts";
import { systemClock } from "../../../services/chassis/process/clock.ts";
import { eventually } from "../../eventually.ts";
import { sealedAs } from "../../people.ts";
import { sealedText } from "../../sealed.ts";

const BEFORE = 200;
/** As the title says. */
const SINCE = 1_000;
const USERS = 300;

/** Users come, change their address and description, and lose one to somebody else; each command under a key. */
const command = (number: number): AccountCommand => {
  const userId = `usr-${number % USERS}`;
  const known = (nth: number) => ({ ...sealedAs(`person${nth % 700}@example.org`), person: sealedText(`person-${nth}`) });
  if (number < USERS) return { type: "CreateUser", userId, ...known(number), roleIds: ["user"], groupPath: "" };
  return { type: "ModifyUser", userId, changed: { ...known(number), before: known(number - USERS).person } };
};

const allOf = async ({ scan }: EventStore): Promise<readonly Commit[]> => {
  const found: Commit[] = [];
  for (;;) {
    const page = await scan(found.at(-1), 1_000);
    found.push(...page);
    if (page.length < 1_000) return found;
  }
};
/** All that must be there again; not what is still to be done, such as the effects of a change. */
const restorable = (commits: readonly Commit[]) =>
  commits
    .filter(({ events }) => events.length > 0)
    .map(({ claims: _, ...commit }) => ({ ...commit, publish: false, effects: [], metadata: { ...commit.metadata, fingerprint: null } }));
const claimsIn = (commits: readonly Commit[]) =>
  commits.flatMap(({ stream, claims }) => claims.map((claim) => `${claim} of ${stream}`)).toSorted();

test("a store that is put back after 1000 further commands has again all that is on Kafka, and audits equal", async (t) => {
  const { kafka, store } = await embedded();
  const run = randomUUID().slice(0, 8);
  const contract = { ...released, prefix: `restore-${run}`, causes: causeCipher([{ id: "k1", key: new Uint8Array(randomBytes(32)) }]) };
  const [database, backup] = [`restore_${run}`, `restore_${run}_backup`];
  const root = await new MongoClient(store.url).connect();
  const log = kafkaLog({ ...kafka.connection, clientId: run });
  t.after(async () => {
    await Promise.all([database, backup].map((name) => root.db(name).dropDatabase()));
    await Promise.all([root.close(), log.close()]);
  });
  /** Copies a database that nobody writes into. */
  const copy = async (from: string, to: string): Promise<void> => {
    await root.db(to).dropDatabase();
    for (const { name } of await root.db(from).listCollections().toArray())
      await root
        .db(from)
        .collection(name)
        .aggregate([{ $out: { db: to, coll: name } }])
        .toArray();
  };
  const { seeds: _, ...service } = account;
  const running = async <T>(
    work: (one: ReturnType<typeof instance>, kept: ReturnType<typeof mongo>, found: readonly Restored[]) => Promise<T>,
  ) => {
    const kept = mongo({ url: store.urlFor(database), database });
    const restored: Restored[] = [];
    const one = instance(service, { ...kept, log, clock: systemClock }, contract, {
      ...{ instance: `${run}-${randomUUID()}`, outside: { destroyKey: async () => {} } as never }, // Its seeds ask for more.
      observer: { restored: (each) => void restored.push(each) },
    });
    try {
      await one.start();
      return await work(one as never, kept, restored); // Its outside is of no interest.
    } finally {
      await one.stop();
      await kept.close();
    }
  };
  const send = async (one: ReturnType<typeof instance>, from: number, to: number): Promise<void> =>
    void (await mapOf(
      Array.from({ length: to - from }, (_each, index) => from + index),
      32,
      (number) =>
        one.execute(command(number), {
          ...{ cause: `key-${number}`, row: "test", actor: { userId: "system", ownerPath: ":system" }, correlationId: `request-${number}` },
          ...{ causationId: null, actionId: null, traceparent: null, hops: 0, fingerprint: "the answer" },
        }),
    ));
  const documentsOf = async ({ documents }: ReturnType<typeof mongo>, one: ReturnType<typeof instance>) =>
    (await documents.scan(await one.collections.of("users"), undefined, 10_000)).map(digestOf);

  const drained = ({ store }: ReturnType<typeof mongo>) =>
    eventually("the relay is drained", async () => (await store.due("publish", undefined, 1)).length === 0);
  /** Once its last commit has settled, a stream has. */
  const allSettled = async (one: ReturnType<typeof instance>, commits: readonly Commit[]): Promise<void> => {
    const last = new Map(commits.flatMap((commit) => (commit.events.length > 0 ? [[commit.stream, commit] as const] : [])));
    await mapOf([...last.values()], 32, async (commit) => assert.ok(await one.settled(commit, 60_000), commit.stream));
  };
  /** Number of records of each partition of the users' topic. */
  const published = async () => (await log.describe([`${contract.prefix}.user`])).map(({ ranges }) => ranges);

  await running(async (one, kept) => {
    await send(one, 0, BEFORE);
    await drained(kept);
  });
  await copy(database, backup);
  const [commits, documents] = await running(async (one, kept, restored) => {
    await send(one, BEFORE, BEFORE + SINCE);
    await drained(kept);
    await allSettled(one, await allOf(kept.store));
    assert.deepEqual(restored, []);
    return [await allOf(kept.store), await documentsOf(kept, one)] as const;
  });

  const before = await published();
  await copy(backup, database);
  const began = performance.now();
  await running(async (one, kept, [restored]) => {
    t.diagnostic(`restored ${restored?.commits} commits in ${Math.round(performance.now() - began)} ms, the whole start included`);
    assert.deepEqual([restored?.commits, restored?.keyed, restored?.torn], [SINCE, SINCE, []]);
    const again = await allOf(kept.store);
    assert.deepEqual(restorable(again), restorable(commits));
    await allSettled(one, again);
    // A claim that nobody needs any more may have been left, or not: those of the users' addresses are there.
    const claims = claimsIn(again);
    const users = await kept.documents.scan(await one.collections.of("users"), undefined, 10_000);
    for (const { stream, value } of users)
      assert.ok(claims.includes(`e-mail ${value.address} of ${stream}`), `${value.address} of ${stream}`);
    assert.equal(users.length, USERS);
    assert.equal(
      (await one.execute(command(BEFORE), { ...(commits[0]?.metadata as Commit["metadata"]), cause: `key-${BEFORE}`, fingerprint: "" }))
        .repeated,
      true,
    );
    assert.deepEqual(await documentsOf(kept, one), documents);
    await audited(kept.store);
  });
  // A publication may be repeated, but nothing that was restored is published again.
  assert.deepEqual(await published(), before);

  const calm = performance.now();
  await running(async (_one, _kept, restored) => {
    t.diagnostic(`a start without a loss: ${Math.round(performance.now() - calm)} ms`);
    assert.deepEqual(restored, []);
  });

  /** What the log has is what the store has published, and the other way round. */
  async function audited(kept: EventStore): Promise<void> {
    const topic = `${contract.prefix}.user`;
    const [state] = await log.describe([topic]);
    const { take, result, published } = auditor();
    const events: PublishedEvent[] = [];
    const read = async ({ records, next }: { readonly records: readonly LogRecord[]; readonly next: number }) => {
      for (const record of records) events.push(take(record) ?? assert.fail("no service can have published it"));
      return next;
    };
    await log.read(state?.ranges ?? [], read, new AbortController().signal);
    assert.deepEqual(await forgedAmong({ contract, service: service.name, store: kept }, events), []);
    for (const { stream, version, events: own } of await allOf(kept))
      if (stream.startsWith("user/") && own.length > 0) published(stream, version + own.length - 1, service.name);
    assert.deepEqual(result().findings, []);
  }
});
