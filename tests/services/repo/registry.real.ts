import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildRepository } from "../../../infra/demo/repository.ts";
import { run, tail } from "../../../infra/embedded/command.ts";
import { type HelmMajor, installHelm } from "../../../infra/embedded/helm/install.ts";
import { installOnce } from "../../../infra/embedded/installing.ts";
import { cacheDirectory } from "../../../infra/embedded/places.ts";
import { freePorts, isListening } from "../../../infra/embedded/ports.ts";
import { startProgram } from "../../../infra/embedded/program.ts";
import { digestOf } from "../../../services/packages/archive.ts";
import { openToAll } from "../../../services/repo/access.ts";
import { indexUrl, readEntriesHere } from "../../../services/repo/index-entries.ts";
import { readFileOver } from "../../../services/repo/remote/read-file.ts";
import { eventually } from "../../eventually.ts";
import { temporaryDirectory } from "../../infra/embedded/temporary-directory.ts";

const VERSION = "v0.20.7";

/** The registry of go-containerregistry, built with Go once. */
const program = async (): Promise<string> => {
  const directory = join(cacheDirectory(), `registry-${VERSION}`);
  await installOnce(
    directory,
    () => {},
    600_000,
    async (partial) => {
      const args = [`GOBIN=${partial}`, "go", "install", `github.com/google/go-containerregistry/cmd/registry@${VERSION}`];
      const { status, output } = await run("env", args, { limit: 600_000 });
      if (status !== "succeeded") throw new Error(`Go cannot build the registry:\n${tail(output)}`);
    },
  );
  return join(directory, "registry");
};

for (const major of [3, 4] satisfies HelmMajor[])
  test(`charts that Helm ${major} pushes to a real registry are indexed and read from it`, { timeout: 660_000 }, async (t) => {
    const [directory, [port = 0]] = [temporaryDirectory(), await freePorts(1)];
    const files = { logFile: join(directory, "registry.log"), pidFile: join(directory, "registry.pid") };
    const args = ["-port", String(port)];
    const started = { name: "registry", command: await program(), args, directory, ...files, background: true };
    const registry = await startProgram(started);
    t.after(() => registry.stop());
    await eventually("the registry listens", () => isListening(port));

    const helm = await installHelm(() => {}, major);
    const charts = (await buildRepository()).packages.filter(({ type }) => type === "helm");
    for (const { version, bytes } of charts) {
      const file = join(directory, `bookinfo-${version}.tgz`);
      writeFileSync(file, bytes);
      execFileSync(helm, ["push", file, `oci://127.0.0.1:${port}/team`, "--plain-http"], { stdio: "pipe", env: { HOME: directory } });
    }

    const read = readFileOver({ privateNetworks: "all" });
    const repository = `oci://127.0.0.1:${port}/team/bookinfo`;
    const bytesOf = async (url: string): Promise<Uint8Array> => {
      const request = { url, repository, secret: openToAll, limit: 1_000_000, signal: new AbortController().signal };
      const answer = await read(request);
      assert.ok("bytes" in answer, JSON.stringify(answer));
      return answer.bytes;
    };
    const settings = { url: repository, providers: ["kubernetes"], appDefaultStatus: "draft", visibility: "public" };
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
