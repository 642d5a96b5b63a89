import assert from "node:assert/strict";
import type { EventStore } from "../../events/ports.ts";
import { commitOf, encoded, places } from "./commits.ts";
import { type MakeGround, onGround } from "./fixture.ts";
import { causedContract } from "./store-caused.ts";
import { dueContract } from "./store-due.ts";
import { restoreContract } from "./store-restore.ts";
import { scanContract } from "./store-scan.ts";

/** What every event store must do. */
export const eventStoreContract = (name: string, make: MakeGround): void => {
  const on = (sentence: string, body: (store: EventStore, other: EventStore) => Promise<void>) =>
    onGround(`${name}: ${sentence}`, make, (fixture) => body(fixture.instance().store, fixture.instance().store));

  on("a commit comes back as it was given, to every instance", async (store, other) => {
    const full = commitOf("cluster/cl-1", 1, {
      events: [encoded("żółć 集群 🚀"), { type: "Empty", schemaId: 8, bytes: new Uint8Array() }],
      cause: "repo/r-1@3/row/cluster/cl-1/RequestCluster",
      claims: ["user email ä@b.c", "name 集群"],
      publish: true,
      effects: [1, 2],
      timers: [{ version: 2, at: 1_700_000_000_123 }],
      metadata: { ...commitOf("", 1).metadata, causationId: "repo/r-1@3", actionId: "j-1", traceparent: "00-1-2-01", fingerprint: "f" },
    });
    const plain = commitOf("cluster/cl-1", 3);
    assert.equal(await store.append(full), 1);
    assert.equal(await store.append(plain), 1);
    assert.deepEqual(await store.read("cluster/cl-1", 0), [full, plain]);
    assert.deepEqual(await other.read("cluster/cl-1", 0), [full, plain]);
    assert.deepEqual(await other.findCause(full.cause ?? ""), full);
  });

  on("what a caller does to what it gave or got changes nothing", async (store) => {
    const given = commitOf("cluster/cl-1", 1);
    await store.append(given);
    given.events[0]?.bytes.fill(0);
    const [first] = await store.read("cluster/cl-1", 0);
    first?.events[0]?.bytes.fill(1);
    assert.deepEqual(await store.read("cluster/cl-1", 0), [commitOf("cluster/cl-1", 1)]);
  });

  on("of fifty appends of one version exactly one wins", async (store, other) => {
    const attempts = Array.from({ length: 50 }, (_, index) => ({ index, commit: commitOf("cluster/cl-1", 1, { cause: `c-${index}` }) }));
    const answers = await Promise.all(attempts.map(({ index, commit }) => (index % 2 === 0 ? store : other).append(commit)));
    assert.equal(answers.filter((answer) => answer === 1).length, 1);
    assert.equal(answers.filter((answer) => answer === 0).length, 49);
    const stored = await store.read("cluster/cl-1", 0);
    assert.deepEqual(stored, [attempts[answers.indexOf(1)]?.commit]);
    const losers = attempts.filter(({ index }) => answers[index] === 0);
    for (const { commit } of losers.slice(0, 5)) assert.equal(await store.findCause(commit.cause ?? ""), undefined);
  });

  on("a cause is taken once in the service, also by a receipt and also at once", async (store, other) => {
    const taken = commitOf("cluster/cl-1", 1, { cause: "c" });
    assert.equal(await store.append(taken), 1);
    assert.equal(await other.append(commitOf("cluster/cl-2", 1, { cause: "c" })), 0);
    assert.equal(await other.append(commitOf("cluster/cl-3", 0, { cause: "c", events: [] })), 0);
    assert.deepEqual(await other.findCause("c"), taken);
    assert.equal(await store.findCause("d"), undefined);
    assert.deepEqual(await store.read("cluster/cl-2", 0), []);
    const racing = Array.from({ length: 20 }, (_, index) => commitOf(`cluster/race-${index}`, 1, { cause: "race" }));
    const answers = await Promise.all(racing.map((commit) => store.append(commit)));
    assert.equal(answers.filter((answer) => answer === 1).length, 1);
  });

  on("commits without a cause do not hinder each other", async (store) => {
    for (const version of [1, 2, 3]) assert.equal(await store.append(commitOf("cluster/cl-1", version)), 1);
  });

  on("commits of one stream go in together, in their order, up to the first that is refused", async (store, other) => {
    const chain = [1, 2, 3].map((version) => commitOf("cluster/cl-1", version, { cause: `c-${version}` }));
    assert.equal(await store.append(...chain), 3);
    assert.deepEqual(await other.read("cluster/cl-1", 0), chain);
    const next = [4, 5, 6, 7].map((version) => commitOf("cluster/cl-1", version, { cause: `d-${version}` }));
    await other.append(commitOf("cluster/cl-2", 1, { cause: "d-6" }));
    assert.equal(await store.append(...next), 2, "a cause is taken");
    assert.deepEqual(await other.read("cluster/cl-1", 3), next.slice(0, 2), "and what builds on it is not there");
    assert.equal(await store.append(...chain), 0, "a version is taken");
    assert.equal(await store.append(), 0);
  });

  on("of two instances that append chains to one stream, each gets whole commits in without a hole", async (store, other) => {
    for (let from = 1; from < 40; ) {
      const chains = ["a", "b"].map((name) =>
        [0, 1, 2, 3].map((index) => commitOf("cluster/cl-1", from + index, { cause: `${name}-${from + index}` })),
      );
      const counts = await Promise.all([store.append(...(chains[0] ?? [])), other.append(...(chains[1] ?? []))]);
      const stored = await store.read("cluster/cl-1", from - 1);
      assert.deepEqual(
        stored.map(({ version }) => version),
        stored.map((_, index) => from + index),
      );
      assert.equal(stored.length, counts[0] + (counts[1] ?? 0));
      from += stored.length;
    }
  });

  on("a chain that claims what was given up goes in whole", async (store, other) => {
    const before = [1, 2].map((index) => commitOf(`user/u-${index}`, 1, { claims: [`name ${index}`] }));
    for (const commit of before) {
      await store.append(commit);
      await store.releaseClaim(commit, commit.claims[0] ?? "");
    }
    const chain = [1, 2, 3].map((version) => commitOf("user/u-3", version, { claims: version < 3 ? [`name ${version}`] : [] }));
    assert.equal(await other.append(...chain), 3);
    assert.deepEqual(await store.read("user/u-3", 0), chain);
    assert.equal(await store.append(commitOf("user/u-4", 1), commitOf("user/u-4", 2, { claims: ["name 2"] })), 1, "held");
  });

  on(
    "leases that are held say by whom and since when; one that is renewed keeps that, and one that is given up is held no more",
    async (store, other) => {
      assert.equal(await store.lease("b", "one", 60_000), true);
      const [first] = await other.leases(10);
      assert.deepEqual([first?.name, first?.holder], ["b", "one"]);
      const since = first?.since ?? assert.fail("nobody noted since when");
      assert.ok(first && first.until >= since + 60_000);
      assert.equal(await other.lease("b", "two", 60_000), false);
      assert.equal(await store.lease("b", "one", 50_000), true);
      assert.equal(await other.lease("a", "$two", 60_000), true);
      const held = await store.leases(10);
      assert.deepEqual(
        held.map(({ name, holder }) => [name, holder]),
        [
          ["a", "$two"],
          ["b", "one"],
        ],
      );
      assert.equal(held[1]?.since, since);
      assert.equal((await store.leases(1)).length, 1);
      await store.release("b", "one");
      await other.release("a", "$two");
      assert.deepEqual(await other.leases(10), []);
    },
  );

  on("a claim is held by one commit until it is released", async (store, other) => {
    const first = commitOf("user/u-1", 1, { claims: ["email a@b", "name a"] });
    const second = commitOf("user/u-2", 1, { claims: ["name b", "email a@b"] });
    assert.equal(await store.append(first), 1);
    assert.equal(await other.append(second), 0);
    assert.deepEqual(await other.findClaim("email a@b"), first);
    assert.equal(await other.findClaim("name b"), undefined);
    await store.releaseClaim(first, "email a@b");
    await store.releaseClaim(first, "email a@b");
    assert.equal(await store.findClaim("email a@b"), undefined);
    assert.deepEqual(await store.findClaim("name a"), { ...first, claims: ["name a"] });
    assert.equal(await other.append(second), 1);
    await store.releaseClaim(first, "email a@b");
    assert.deepEqual(await store.findClaim("email a@b"), second);
    assert.equal(await store.append(commitOf("user/u-3", 1, { claims: ["email a@b"] })), 0);
  });

  on("a commit whose last claim is released hinders no other", async (store) => {
    for (const user of ["user/u-1", "user/u-2"]) {
      const commit = commitOf(user, 1, { claims: [`email ${user}`] });
      assert.equal(await store.append(commit), 1);
      await store.releaseClaim(commit, `email ${user}`);
    }
    assert.deepEqual((await store.read("user/u-2", 0))[0]?.claims, []);
  });

  on("a claim goes from hand to hand as often as anybody likes", async (store, other) => {
    const commits = Array.from({ length: 20 }, (_, index) => commitOf(`user/u-${index}`, 1, { claims: ["email", `own ${index}`] }));
    for (const [index, commit] of commits.entries()) {
      assert.equal(await store.append(commit), 1);
      assert.equal(await other.append(commitOf("user/late", 1, { claims: ["email"] })), 0);
      assert.deepEqual(await other.findClaim("email"), commit);
      await (index % 2 ? store : other).releaseClaim(commit, "email");
    }
    assert.equal(await store.findClaim("email"), undefined);
    const racing = Array.from({ length: 10 }, (_, index) => commitOf(`user/race-${index}`, 1, { claims: ["email"] }));
    const answers = await Promise.all(racing.map((commit, index) => (index % 2 ? store : other).append(commit)));
    assert.equal(answers.filter((answer) => answer === 1).length, 1);
  });

  on("a claim that looks like another one's is another", async (store) => {
    for (const [index, claim] of ["email", "email#0", "email#1", "email#0#0", "#", ""].entries())
      assert.equal(await store.append(commitOf(`user/u-${index}`, 1, { claims: [claim] })), 1, claim);
    assert.equal((await store.findClaim("email#0"))?.stream, "user/u-1");
  });

  on("a claim that reads like a field or an expression is a text like any other", async (store) => {
    for (const [index, claim] of ["$claims", "$$ROOT", "$stream", "$"].entries()) {
      const commit = commitOf(`user/u-${index}`, 1, { claims: [`kept ${index}`, claim] });
      assert.equal(await store.append(commit), 1, claim);
      await store.releaseClaim(commit, claim);
      assert.equal(await store.findClaim(claim), undefined, claim);
      assert.deepEqual((await store.read(commit.stream, 0))[0]?.claims, [`kept ${index}`], claim);
    }
  });

  on("of many that claim one value at once exactly one gets it", async (store, other) => {
    const claiming = Array.from({ length: 20 }, (_, index) => commitOf(`user/u-${index}`, 1, { claims: [`own ${index}`, "shared"] }));
    const answers = await Promise.all(claiming.map((commit, index) => (index % 2 === 0 ? store : other).append(commit)));
    assert.equal(answers.filter((answer) => answer === 1).length, 1);
    assert.deepEqual(await store.findClaim("shared"), claiming[answers.indexOf(1)]);
  });

  on("a receipt is found by its cause and takes no version", async (store) => {
    const receipt = commitOf("cluster/cl-1", 0, {
      events: [],
      cause: "hash/0",
      rejection: { rejected: "no such cluster", kind: "notFound", error: "resource_not_found" },
    });
    const done = commitOf("cluster/cl-1", 1, { events: [], cause: "hash/1" });
    assert.equal(await store.append(receipt), 1);
    assert.equal(await store.append(commitOf("cluster/cl-1", 1)), 1);
    assert.equal(await store.append(done), 1);
    assert.deepEqual(await store.findCause("hash/0"), receipt);
    assert.deepEqual(await store.findCause("hash/1"), done);
    assert.deepEqual(places(await store.read("cluster/cl-1", 0)), ["cluster/cl-1@1"]);
    assert.equal(await store.append({ ...receipt, stream: "cluster/cl-2" }), 0);
    await assert.rejects(store.append({ ...receipt, cause: null }));
  });

  on("a stream is read alone, also beside those whose names begin with its own", async (store) => {
    const streams = ["cluster/a", "cluster/a-b", "cluster/ab", "cluster/a.", "cluster/A", "cluster/a~", "clusters/a", "cluster/ä"];
    for (const stream of streams) for (const version of [1, 2]) await store.append(commitOf(stream, version));
    for (const stream of streams) assert.deepEqual(places(await store.read(stream, 0)), [`${stream}@1`, `${stream}@2`]);
    assert.deepEqual(await store.read("cluster/", 0), []);
    assert.deepEqual(await store.read("cluster/a", 2), []);
  });

  on("reading from within a commit gives the whole commit", async (store) => {
    const three = commitOf("cluster/cl-1", 2, { events: [encoded("2"), encoded("3"), encoded("4")] });
    for (const commit of [commitOf("cluster/cl-1", 1), three, commitOf("cluster/cl-1", 5)]) await store.append(commit);
    const versions = async (after: number) => (await store.read("cluster/cl-1", after)).map(({ version }) => version);
    assert.deepEqual(await versions(0), [1, 2, 5]);
    assert.deepEqual(await versions(1), [2, 5]);
    assert.deepEqual(await versions(3), [2, 5]);
    assert.deepEqual(await versions(4), [5]);
    assert.deepEqual(await versions(5), []);
  });

  on("300 commits of one stream come in order, from any version on", async (store, other) => {
    for (let start = 1; start <= 300; start += 20) {
      const commits = Array.from({ length: 20 }, (_, index) => commitOf("cluster/long", start + index));
      assert.deepEqual(new Set(await Promise.all(commits.map((commit) => store.append(commit)))), new Set([1]));
    }
    const all = await other.read("cluster/long", 0);
    assert.deepEqual(
      all.map(({ version }) => version),
      Array.from({ length: 300 }, (_, index) => index + 1),
    );
    assert.deepEqual(await other.read("cluster/long", 298), all.slice(298));
  });

  onGround(`${name}: a lease has one holder, who may renew it, until it runs out or is given back`, make, async (fixture) => {
    let time = 1_000_000;
    const [one, other] = [fixture.instance(() => time).store, fixture.instance(() => time).store];
    assert.equal(await one.lease("relay", "a", 1000), true);
    assert.equal(await other.lease("relay", "b", 1000), false);
    assert.equal(await other.lease("timers", "b", 1000), true);
    time += 900;
    assert.equal(await one.lease("relay", "a", 1000), true);
    time += 900;
    assert.equal(await other.lease("relay", "b", 1000), false);
    await other.release("relay", "b");
    assert.equal(await other.lease("relay", "b", 1000), false);
    time += 100;
    assert.equal(await other.lease("relay", "b", 1000), true);
    assert.equal(await one.lease("relay", "a", 1000), false);
    await other.release("relay", "b");
    assert.equal(await one.lease("relay", "a", 1000), true);
    await one.release("relay", "a");
    const racing = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).lease("relay", `${index}`, 1000)));
    assert.equal(racing.filter(Boolean).length, 1);
  });

  onGround(`${name}: a restart keeps commits, marks, claims and leases`, make, async (fixture) => {
    const before = fixture.instance(() => 0).store;
    const commit = commitOf("cluster/cl-1", 1, { cause: "c", claims: ["x"], publish: true, timers: [{ version: 1, at: 5 }] });
    await before.append(commit);
    await before.lease("relay", "a", 1000);
    await fixture.restart();
    const after = fixture.instance(() => 0).store;
    assert.deepEqual(await after.read("cluster/cl-1", 0), [commit]);
    assert.deepEqual(await after.due("publish", undefined, 10), [commit]);
    assert.deepEqual(await after.dueTimers(5, 10), [commit]);
    assert.deepEqual(await after.findClaim("x"), commit);
    assert.equal(await after.append({ ...commit, stream: "cluster/cl-2" }), 0);
    assert.equal(await after.lease("relay", "b", 1000), false);
  });

  dueContract(name, make);
  causedContract(name, make);
  scanContract(name, make);
  restoreContract(name, make);
};
