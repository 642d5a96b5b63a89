import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import type { RegisteredRepo, Repo, RepoCommand } from "../../../services/repo/domain/repo.ts";
import { readEntriesHere } from "../../../services/repo/index-entries.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { served } from "../../world/world.ts";
import { createRepo, developer, outsideWith, unchanged } from "./fixtures.ts";

const INDEX = "/devkit/index.yaml";

/** A repository whose index and archives a test may change, and how often its index was read and an archive asked for. */
const watched = async (tags = false) => {
  const files = new Map((await buildRepository()).files);
  const counts = { indexes: 0, archives: 0, transfers: 0 };
  const outside = outsideWith({
    readFile: async ({ url, validator }) => {
      const isIndex = url.endsWith(INDEX);
      if (!isIndex) counts.archives++;
      const bytes = files.get(new URL(url).pathname) ?? assert.fail(url);
      const tag = tags ? `"${digestOf(bytes)}"` : undefined;
      if (isIndex && validator && validator === tag) return { refused: "not modified", denied: true, unchanged: true };
      if (isIndex) counts.transfers++;
      return { bytes, validator: isIndex ? tag : undefined };
    },
    readEntries: (bytes, repoId, settings) => {
      counts.indexes++;
      return readEntriesHere(bytes, repoId, settings);
    },
  });
  const { of, complaints, stop, ...world } = await served([{ service: repo, outside }]);
  const send = (command: RepoCommand) => world.send("repo", command, developer);
  const state = async (): Promise<RegisteredRepo> => {
    const { state: found } = await of().instance.state("repo", "repo/repo-1");
    const known = found as Repo; // The decider's own fold made it.
    return known.status === "absent" ? assert.fail("it is not registered") : known;
  };
  /** Waits for the end of a run; the catalogue adopts at once. */
  const ended = async (repoEventId: string): Promise<void> => {
    await eventually(`${repoEventId} has read the repository`, async () => (await state()).indexing?.stage === "adopting");
    await send({ type: "ConfirmAdoption", repoId: "repo-1", repoEventId });
  };
  const index = async (repoEventId: string): Promise<void> => {
    await send({ type: "IndexRepo", repoId: "repo-1", repoEventId });
    await ended(repoEventId);
  };
  await send(createRepo({ url: "http://repository/devkit" }));
  await ended("repoe-1");
  const listed = () => world.history().flatMap(({ event }) => ("packageName" in event ? [event.packageName] : []));
  return { send, files, counts, index, ended, state, listed, complaints, stop };
};

test("what an index says of a user and a password is in no event", async () => {
  const { files, index, listed, stop } = await watched();
  try {
    const text = new TextDecoder().decode(files.get(INDEX));
    const moved = text.replaceAll("bookinfo-1.1.0.tgz", "http://ann:p@ss@repository/devkit/bookinfo-1.1.0.tgz");
    assert.notEqual(moved, text);
    files.set(INDEX, Buffer.from(moved));
    await index("repoe-2");
    assert.deepEqual([...new Set(listed())].sort(), [
      "bookinfo-1.0.0.tgz",
      "bookinfo-1.1.0.tgz",
      "http://repository/devkit/bookinfo-1.1.0.tgz",
    ]);
  } finally {
    await stop();
  }
});

test("an index whose server says that it has not changed is not sent again, until it has", async () => {
  const { files, counts, index, state, stop } = await watched(true);
  try {
    const first = { ...counts };
    const { packages } = await state();
    for (const run of ["repoe-2", "repoe-3"]) await index(run);
    assert.deepEqual(counts, first);
    assert.equal((await state()).packages.size, packages.size);
    files.set(INDEX, Buffer.concat([files.get(INDEX) ?? assert.fail(), Buffer.from("\n# changed\n")]));
    await index("repoe-4");
    assert.equal(counts.transfers, first.transfers + 1);
  } finally {
    await stop();
  }
});

test("an index that is the same, byte for byte, is not read again", async () => {
  const { files, counts, index, state, complaints, stop } = await watched();
  try {
    const first = { ...counts };
    const { packages } = await state();
    assert.deepEqual([first.indexes, packages.size > 0], [1, true]);
    await index("repoe-2");
    assert.deepEqual({ ...counts, transfers: 1 }, first);
    const bytes = files.get(INDEX) ?? assert.fail();
    files.set(INDEX, Buffer.concat([bytes, Buffer.from("# the same in other bytes\n")]));
    await index("repoe-3");
    assert.deepEqual({ ...counts, transfers: first.transfers }, { ...first, indexes: 2 });
    assert.deepEqual((await state()).packages, packages);
    assert.deepEqual(complaints(), []);
  } finally {
    await stop();
  }
});

test("another interval starts a run, which does not read it again", async () => {
  const { send, counts, ended, stop } = await watched();
  try {
    await send({ type: "ModifyRepo", repoId: "repo-1", repoEventId: "repoe-2", ...unchanged, syncSeconds: 600 });
    await ended("repoe-2");
    assert.equal(counts.indexes, 1);
  } finally {
    await stop();
  }
});

test("it is read again after the repository was changed", async () => {
  const { send, counts, index, stop } = await watched();
  try {
    await send({ type: "ModifyRepo", repoId: "repo-1", repoEventId: "repoe-x", ...unchanged, appDefaultStatus: "active" });
    await index("repoe-2");
    assert.equal(counts.indexes, 2);
  } finally {
    await stop();
  }
});

test("one that leaves it to the archives whether they have changed is read each time, and so are they", async () => {
  const { files, counts, index, stop } = await watched();
  try {
    const text = new TextDecoder().decode(files.get(INDEX));
    files.set(INDEX, Buffer.from(text.replaceAll(/^.*digest:.*\n/gm, "")));
    for (const [nth, run] of ["repoe-2", "repoe-3"].entries()) {
      const { archives } = counts;
      await index(run);
      assert.equal(counts.indexes, nth + 2);
      assert.ok(counts.archives > archives);
    }
  } finally {
    await stop();
  }
});
