import assert from "node:assert/strict";
import { test } from "node:test";
import { codec } from "../../../events/codec/codec.ts";
import { memoryDatabase } from "../../../events/memory/database.ts";
import { kind } from "../../../events/memory/fate.ts";
import { memoryStore } from "../../../events/memory/store.ts";
import type { Commit, EventStore } from "../../../events/ports.ts";
import type { Service } from "../../../events/service.ts";
import { executor } from "../../../events/store/execute.ts";
import { TableError } from "../../../events/store/table-error.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { commitOf } from "../../contract/commits.ts";

const released = codec(schemas);
type Name = { readonly groupId: string; readonly name: string };
const named = ({ groupId, name }: Name) => [{ type: "GroupModified" as const, groupId, name, description: "" }];
/** A group is never given the name that it has, nor a name that is bad; "bug" is a bug. Its state is all the names that it had. */
const catalog: Service = {
  name: "catalog",
  aggregates: {
    group: {
      decider: {
        key: "groupId",
        initialState: [],
        decide: {
          Name: (command: Name, names: readonly string[]) => {
            if (command.name === "bug") throw new Error("a bug");
            if (command.name === "bad") return { rejected: "no such name", kind: "invalid" as const };
            return names.at(-1) === command.name ? [] : named(command);
          },
        },
        evolve: { GroupModified: (names: readonly string[], { name }: Name) => [...names, name] },
      },
    },
  },
};

/** An executor on a store that tells the versions of each append, and lets a test do something before one. */
const over = (before: (commits: readonly Commit[]) => Promise<void> = async () => {}) => {
  const clock = { now: () => 1_000, random: () => 0.5, sleep: async () => {} };
  const plain = memoryStore(memoryDatabase(), kind, clock.now);
  const appends: (readonly number[])[] = [];
  const append: EventStore["append"] = async (...commits) => {
    appends.push(commits.map(({ version }) => version));
    await before(commits);
    return plain.append(...commits);
  };
  const committed: string[] = [];
  const executing = executor(catalog, { store: { ...plain, append }, clock }, released, ({ cause }) => void committed.push(cause ?? ""));
  const name = (name: string, cause = name) =>
    executing.execute({ type: "Name", groupId: "g", name } as never, {
      ...{ cause, row: "test", actor: { userId: "u", ownerPath: ":u" }, correlationId: cause, causationId: null },
      ...{ actionId: null, traceparent: null, hops: 0 },
    });
  const stored = async () => (await plain.read("group/g", 0)).map(({ cause }) => cause);
  return { plain, appends, committed, executing, name, stored };
};
const letters = ["a", "b", "c", "d", "e"];

test("commands that wait for one stream are decided one on the other and committed in one append", async () => {
  const { name, appends, committed, executing, stored } = over();
  const outcomes = await Promise.all(letters.map((letter) => name(letter)));
  assert.deepEqual(
    outcomes.map(({ version }) => version),
    [1, 2, 3, 4, 5],
  );
  assert.ok(appends.length <= 2, JSON.stringify(appends));
  assert.deepEqual(committed, letters);
  assert.deepEqual(await stored(), letters);
  assert.deepEqual((await executing.state("group", "group/g")).state, letters);
});

test("a no, a nothing and a bug within are those of their own command alone", async () => {
  const { name, stored } = over();
  const asked = ["a", "bad", "b", "bug", "c", "c again", "d"].map((cause) => name(cause.replace(" again", ""), cause));
  const outcomes = await Promise.allSettled(asked);
  const told = outcomes.map((each) =>
    each.status === "rejected" ? each.reason instanceof TableError : [each.value.version, each.value.rejection?.rejected],
  );
  assert.deepEqual(told, [[1, undefined], [1, "no such name"], [2, undefined], true, [3, undefined], [3, undefined], [4, undefined]]);
  assert.deepEqual(await stored(), ["a", "b", "c", "d"]);
});

test("where another writer takes a version in the middle, the rest is decided anew on what that one wrote", async () => {
  let plain: EventStore | undefined;
  const world = over(async (commits) => {
    if (!commits.some(({ cause }) => cause === "c") || !plain) return;
    const events = named({ groupId: "g", name: "other" }).map((event) => released.encode("group", event));
    await plain.append(commitOf("group/g", 3, { cause: "other", events }));
  });
  plain = world.plain;
  const outcomes = await Promise.all(letters.map((letter) => world.name(letter)));
  assert.deepEqual(
    outcomes.map(({ version }) => version),
    [1, 2, 4, 5, 6],
  );
  assert.deepEqual(await world.stored(), ["a", "b", "other", "c", "d", "e"]);
  assert.deepEqual((await world.executing.state("group", "group/g")).state, ["a", "b", "other", "c", "d", "e"]);
});

test("the same cause twice in one chain is one commit and one answer", async () => {
  const { name, stored } = over();
  const outcomes = await Promise.all([name("a"), name("b", "once"), name("c", "once"), name("d")]);
  assert.deepEqual(
    outcomes.map(({ version, repeated }) => [version, repeated]),
    [
      [1, false],
      [2, false],
      [2, true],
      [3, false],
    ],
  );
  assert.deepEqual(await stored(), ["a", "once", "d"]);
});

test("a store that fails fails those that it was asked for, and the next command finds what it has all the same", async () => {
  let isDown = false;
  const { name, stored, plain } = over(async (commits) => {
    if (!isDown) return;
    isDown = false;
    await plain.append(...commits.slice(0, 2));
    throw new Error("the connection was closed");
  });
  await name("a");
  isDown = true;
  const outcomes = await Promise.allSettled(["b", "c", "d"].map((letter) => name(letter)));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected", "rejected"],
  );
  const again = await Promise.all(["b", "c", "d"].map((letter) => name(letter)));
  assert.deepEqual(
    again.map(({ version, repeated }) => [version, repeated]),
    [
      [2, true],
      [3, true],
      [4, false],
    ],
  );
  assert.deepEqual(await stored(), ["a", "b", "c", "d"]);
});
