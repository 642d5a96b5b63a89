import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import type { RegisteredRepo } from "../../../services/repo/domain/repo.ts";
import type { ReadFile } from "../../../services/repo/ports.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { served, type World } from "../../world/world.ts";
import { createRepo, developer, outsideWith } from "./fixtures.ts";

const reading = async ({ of }: World): Promise<RegisteredRepo["indexing"]> => {
  const { state } = await of().instance.state("repo", "repo/repo-1");
  return (state as RegisteredRepo).indexing; // It was registered.
};

test("a run that was cut off goes on in another process, and announces each package once", async () => {
  const { files } = await buildRepository();
  const fetched: string[] = [];
  const fileAt = (url: string) => files.get(new URL(url).pathname) ?? assert.fail(url);
  /** The second archive never comes. */
  const stuck: ReadFile = ({ url, signal }) => {
    fetched.push(url);
    if (!url.endsWith("1.1.0.tgz")) return Promise.resolve({ bytes: fileAt(url) });
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve({ refused: "aborted", denied: false })));
  };
  const sound: ReadFile = async ({ url }) => {
    fetched.push(url);
    return { bytes: fileAt(url) };
  };
  const repoWith = (readFile: ReadFile) => ({ service: repo, outside: outsideWith({ readFile }) });
  const world = await served([repoWith(stuck)]);
  const { database, stop: crash } = world.of();
  try {
    await world.send("repo", createRepo({ url: "http://repository/devkit" }), developer);
    await eventually("the first archive is kept", async () => database.blobs.size === 1);
    await eventually("the second one is asked for", async () => fetched.some((url) => url.endsWith("1.1.0.tgz")));
    await crash();
    await world.start(repoWith(sound), 2);
    await eventually("the run has read everything", async () => (await reading(world))?.stage === "adopting");
    assert.equal((await reading(world))?.listed.size, 2);
    const listed = [...database.commits.values()].filter(({ events }) => events.some(({ type }) => type === "PackageListed"));
    assert.equal(listed.length, 2);
    // That the platform has an archive of this digest does not prove that the repository has: it is fetched again.
    assert.equal(fetched.filter((url) => url.endsWith("1.0.0.tgz")).length, 2);
    assert.deepEqual(world.complaints(), []);
  } finally {
    await world.stop();
  }
});

test("whoever knows the digest of an archive of others gets nothing by naming it in an index of their own", async () => {
  const { files } = await buildRepository();
  const thief = "http://thief";
  const readFile: ReadFile = async ({ url }) => {
    const isArchive = url.endsWith(".tgz");
    if (url.startsWith(thief) && isArchive) return { refused: "404", denied: false };
    return { bytes: files.get(new URL(url).pathname) ?? assert.fail(url) };
  };
  const world = await served([{ service: repo, outside: outsideWith({ readFile }) }]);
  try {
    await world.send("repo", createRepo({ url: "http://repository/devkit", visibility: "private" }), developer);
    await eventually("all archives are kept", async () => (await reading(world))?.stage === "adopting");
    await world.send("repo", { ...createRepo({ url: `${thief}/devkit` }), repoId: "repo-2", repoEventId: "repoe-thief" }, developer);
    const events = () =>
      [...world.of().database.commits.values()].flatMap(({ stream, events: all }) => all.map(({ type }) => ({ stream, type })));
    await eventually("the run has failed", async () =>
      events().some(({ stream, type }) => stream === "repo/repo-2" && type === "RepoIndexingFailed"),
    );
    assert.equal(events().filter(({ type }) => type === "PackageListed").length, 2);
  } finally {
    await world.stop();
  }
});

test("a run that is replaced stops reading", async () => {
  let aborted = false;
  const stuck: ReadFile = ({ url, signal }) =>
    url.startsWith("http://first/")
      ? new Promise((resolve) =>
          signal.addEventListener("abort", () => {
            aborted = true;
            resolve({ refused: "aborted", denied: false });
          }),
        )
      : Promise.resolve({ bytes: new TextEncoder().encode("api_version: v1\nentries: {}\n") });
  const world = await served([{ service: repo, outside: outsideWith({ readFile: stuck }) }]);
  try {
    await world.send("repo", createRepo({ url: "http://first/" }), developer);
    await eventually("it reads", async () => world.of().instance.runningEffects() === 1);
    await world.send("repo", { type: "DeleteRepo", repoId: "repo-1", repoEventId: "repoe-2" }, developer);
    await eventually("the next run has ended", async () => (await reading(world))?.stage === "adopting");
    assert.ok(aborted);
  } finally {
    await world.stop();
  }
});
