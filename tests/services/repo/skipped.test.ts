import assert from "node:assert/strict";
import { before, test } from "node:test";
import { digestOf } from "../../../services/packages/archive.ts";
import type { RepoEventDocument } from "../../../services/repo/read-models.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { served } from "../../world/world.ts";
import { archiveOf, bytes, chartFiles } from "../packages/package-fixtures.ts";
import { createRepo, developer, outsideWith } from "./fixtures.ts";

const chart = (name: string, more = "") =>
  archiveOf({ ...chartFiles, "shop/Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${more}` });
let shop: Awaited<ReturnType<typeof chart>>;
before(async () => {
  shop = await chart("shop");
});
const versions = (name: string, count: number) =>
  Array.from({ length: count }, (_, nth) => ({ name, version: `1.0.${nth}`, urls: [`${name}.tgz`] }));

/** A repository of charts that is indexed: its events, the packages that it lists, and its last run. */
const indexed = async (entries: object, archives: Map<string, Uint8Array>) => {
  const index = bytes(JSON.stringify({ apiVersion: "v1", entries }));
  const asked: string[] = [];
  const outside = outsideWith({
    readFile: async ({ url }) => {
      const { pathname } = new URL(url);
      asked.push(pathname.slice(1));
      const found = pathname.endsWith("index.yaml") ? index : archives.get(pathname.slice(1));
      return found ? { bytes: found } : { refused: `${url}: the server answers 404`, denied: true };
    },
  });
  const world = await served([{ service: repo, outside }]);
  const run = async (repoEventId: string) => {
    const found = () =>
      world.documents("repo", "repoEvents").then((all) => all.find(({ id }) => id === repoEventId)?.value as RepoEventDocument | undefined); // Its own fold made it.
    const read = () =>
      world
        .history()
        .some(({ event }) => /^RepoIndex(ed|ingFailed)$/.test(event.type) && Reflect.get(event, "repoEventId") === repoEventId);
    await eventually(`${repoEventId} has read the repository`, async () => read());
    await world.send("repo", { type: "ConfirmAdoption", repoId: "repo-1", repoEventId }, developer);
    return eventually("the run has ended", async () => {
      const document = await found();
      return document && document.status !== "pending" && document;
    });
  };
  await world.send("repo", createRepo({ url: "http://repository/" }), developer);
  return {
    ...world,
    asked,
    run,
    again: async (repoEventId: string) => {
      await world.send("repo", { type: "IndexRepo", repoId: "repo-1", repoEventId }, developer);
      return run(repoEventId);
    },
    listed: () => world.history().flatMap(({ event }) => (event.type === "PackageListed" ? [String(Reflect.get(event, "name"))] : [])),
  };
};

test("a library chart and a broken version are skipped with their reasons, the others are listed, and the next run tries again", async (t) => {
  const archives = new Map([
    ["shop.tgz", await chart("shop")],
    ["common.tgz", await chart("common", "type: library\n")],
    ["broken.tgz", bytes("no archive")],
  ]);
  const entries = { common: versions("common", 120), shop: versions("shop", 1), broken: versions("broken", 1), gone: versions("gone", 1) };
  const { run, again, listed, stop } = await indexed(entries, archives);
  t.after(stop);
  const first = await run("repoe-1");
  assert.equal(first.status, "successful", first.result);
  assert.deepEqual(listed(), ["shop"]);
  assert.match(first.result, /^skipped: common 1\.0\.\d+: this chart is a library, which cannot be deployed; .*; and 102 more$/);
  archives.set("broken.tgz", await chart("broken"));
  const second = await again("repoe-2");
  assert.equal(second.status, "successful");
  assert.ok(listed().includes("broken"));
});

test("what the index says of a library or of a broken version skips it without its archive, and so does the next run, which says it again", async (t) => {
  const entries = {
    common: versions("common", 1_500).map((version) => ({ ...version, type: "library" })),
    broken: [{ name: "broken", urls: ["broken.tgz"] }, 7],
    shop: versions("shop", 1).map((version) => ({ ...version, digest: digestOf(shop) })),
  };
  const { run, again, listed, asked, stop } = await indexed(entries, new Map([["shop.tgz", shop]]));
  t.after(stop);
  const first = await run("repoe-1");
  assert.equal(first.status, "successful", first.result);
  assert.deepEqual([listed(), asked], [["shop"], ["index.yaml", "shop.tgz"]]);
  assert.match(first.result, /^skipped: common 1\.0\.0: this chart is a library, which cannot be deployed; .*; and 1482 more$/);
  const second = await again("repoe-2");
  assert.deepEqual([second.status, second.result], ["successful", first.result]);
});

test("a run that finds nothing that can be listed fails", async (t) => {
  const { run, listed, stop } = await indexed(
    { common: versions("common", 3) },
    new Map([["common.tgz", await chart("common", "type: library\n")]]),
  );
  t.after(stop);
  const { status, result } = await run("repoe-1");
  assert.deepEqual([status, listed()], ["failed", []]);
  assert.match(result, /library/);
});
