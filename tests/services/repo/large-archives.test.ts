import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { budget } from "../../../events/concurrency.ts";
import { digestOf, pack } from "../../../services/packages/archive.ts";
import { openToAll } from "../../../services/repo/access.ts";
import { entriesOf } from "../../../services/repo/index-entries.ts";
import { archiveBytes, listingOf } from "../../../services/repo/listing.ts";
import { bytes, chartFiles } from "../packages/package-fixtures.ts";
import { outsideWith, settings } from "./fixtures.ts";

const chart = (more: Readonly<Record<string, Uint8Array>> = {}) =>
  pack(new Map([...Object.entries(chartFiles).map(([path, text]) => [path, bytes(text)] as const), ...Object.entries(more)]));

test("large archives are in memory a few at a time, however many runs want them; small ones do not wait", async () => {
  const [small, large] = [await chart(), await chart({ "shop/noise": randomBytes(2 * 1024 * 1024) })];
  const within = budget(2 * archiveBytes);
  let held = 0;
  let most = 0;
  const asked: number[] = [];
  const outside = outsideWith({
    readFile: async ({ url, limit }) => {
      const archive = url.includes("large") ? large : small;
      asked.push(limit);
      return archive.byteLength > limit
        ? { refused: `${url}: larger than ${limit} bytes`, denied: true, tooLarge: true }
        : { bytes: archive };
    },
    holding: {
      index: (_, work) => work(),
      archive: (size, work) =>
        within(size, async () => {
          most = Math.max(most, ++held);
          return work().finally(() => held--);
        }),
    },
  })({ blobs: { put: async (given) => `sha256:${digestOf(given)}`, get: async () => undefined } });
  const own = { ...settings, url: "http://repository/helm" };
  const listed = async (kind: string) => {
    const index = `apiVersion: v1\nentries:\n  shop:\n  - {name: shop, version: 1.0.0, urls: [${kind}.tgz]}\n`;
    const [entry] = entriesOf(bytes(index), "repo-1", own).entries;
    const from = { secret: openToAll, signal: new AbortController().signal, known: "" };
    const repo = { settings: own, owner: "usr-dev", ownerPath: ":usr-dev", isv: "" };
    return listingOf(entry ?? assert.fail(), { repoId: "repo-1", repoEventId: "repoe-1", run: 1 }, repo, outside, from);
  };
  const many = await Promise.all(Array.from({ length: 6 }, () => listed("large")));
  assert.deepEqual([...new Set(many.map(({ digest }) => digest))], [`sha256:${digestOf(large)}`]);
  assert.equal(most, 2);
  asked.length = 0;
  assert.equal((await listed("small")).digest, `sha256:${digestOf(small)}`);
  assert.deepEqual([asked.length, most], [1, 2]);
});
