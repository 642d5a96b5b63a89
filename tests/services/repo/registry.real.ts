import assert from "node:assert/strict";
import { test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import { type HelmMajor, installHelm } from "../../../infra/embedded/helm/install.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import { openToAll } from "../../../services/repo/access.ts";
import { indexUrl, readEntriesHere } from "../../../services/repo/index-entries.ts";
import { readFileOver } from "../../../services/repo/remote/read-file.ts";
import { realRegistry } from "./real-registry.ts";

for (const major of [3, 4] satisfies HelmMajor[])
  test(`charts that Helm ${major} pushes to a real registry are indexed and read from it`, { timeout: 660_000 }, async (t) => {
    const { port, push, stop } = await realRegistry();
    t.after(() => stop());
    const helm = await installHelm(() => {}, major);
    const charts = (await buildRepository()).packages.filter(({ type }) => type === "helm");
    for (const chart of charts) push(helm, "team", chart);

    const read = readFileOver({ privateNetworks: "all" });
    const repository = `oci://127.0.0.1:${port}/team/bookinfo`;
    const bytesOf = async (url: string): Promise<Uint8Array> => {
      const request = { url, repository, secret: openToAll, limit: 1_000_000, signal: new AbortController().signal };
      const answer = await read(request);
      assert.ok("bytes" in answer, JSON.stringify(answer));
      return answer.bytes;
    };
    const settings = { url: repository, appDefaultStatus: "draft", visibility: "public" };
    const found = await readEntriesHere(await bytesOf(indexUrl(repository)), "repo-1", settings);
    assert.ok("entries" in found, JSON.stringify(found));
    assert.deepEqual(
      found.entries.map(({ entry }) => entry.version).sort(),
      charts.map(({ version }) => version),
    );
    for (const { entry } of found.entries) {
      const [url = ""] = entry.urls;
      const pushed = charts.find(({ version }) => version === entry.version);
      assert.equal(digestOf(await bytesOf(new URL(url, `${repository}/`).href)), pushed?.digest);
    }
  });
