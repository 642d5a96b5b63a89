import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RepoEventDocument } from "../../services/repo/read-models.ts";
import { readFileOver } from "../../services/repo/remote/read-file.ts";
import { readers } from "../../services/repo/remote/readers.ts";
import { repo } from "../../services/repo/service.ts";
import { eventually } from "../eventually.ts";
import { createRepo, developer, outsideWith } from "../services/repo/fixtures.ts";
import { serve } from "../services/repo/server.ts";
import { served } from "../world/world.ts";
import { hostile } from "./hostile-repository.ts";
import type { Reading } from "./index-reader.ts";

test("whatever an index is, reading it takes bounded time and memory, and nothing else in the process waits for it", async (t) => {
  const server = await serve(hostile);
  t.after(server.close);
  const program = fileURLToPath(new URL("./index-reader.js", import.meta.url));
  const names = ["told", "untold", "endless", "bomb", "values", "json", "sound"];
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...names.map((name) => `${server.url}/${name}`)]);
  const { said, stood, memory }: Reading = JSON.parse(stdout);
  const of = (name: string): string => said[`${server.url}/${name}`] ?? "";
  for (const name of ["told", "untold", "endless"]) assert.match(of(name), /index.yaml: larger than 33554432 bytes/, name);
  assert.match(of("bomb"), /the index is compressed, although the request did not accept compression/);
  for (const name of ["values", "json"]) assert.match(of(name), /the index holds more than 2000000 values/, name);
  assert.equal(of("sound"), "0 versions");
  t.diagnostic(`${Math.round(memory)} MiB at the most; its longest pause ${Math.round(stood)} ms`);
  assert.ok(memory < 1_000, `${memory} MiB`);
  assert.ok(stood < 5_000, `it stood still for ${stood} ms`);
});

test("a run over a hostile repository ends as a failed one that says why, and those over others go on", async (t) => {
  const server = await serve(hostile);
  const { close, ...reading } = readers();
  t.after(close);
  const outside = outsideWith({ readFile: readFileOver({ timeout: 1_500, attempts: 1 }), ...reading });
  const world = await served([{ service: repo, outside }]);
  t.after(async () => {
    await world.stop();
    await server.close();
  });
  const reasons: { readonly [name: string]: RegExp } = {
    told: /larger than 33554432 bytes/,
    hangs: /no answer within 1.5 s/,
    trickles: /no answer within 1.5 s/,
    circle: /more than 5 redirects/,
    bomb: /compressed/,
    sound: /^$/,
  };
  for (const name of Object.keys(reasons))
    await world.send("repo", createRepo({ repoId: `repo-${name}`, repoEventId: `repoe-${name}`, url: `${server.url}/${name}` }), developer);
  const events = await eventually("all runs but the sound one have ended", async () => {
    const found = (await world.documents("repo", "repoEvents")).map(({ value }) => value as RepoEventDocument); // Its own fold made it.
    return found.filter(({ status }) => status === "failed").length === Object.keys(reasons).length - 1 && found;
  });
  for (const [name, reason] of Object.entries(reasons))
    assert.match(events.find(({ repo_id }) => repo_id === `repo-${name}`)?.result ?? "no run", reason, name);
  assert.deepEqual(world.complaints(), []);
});

test("an index that takes too long to read is refused for that, and one that nobody wants any more is not read on", async (t) => {
  const { signal } = new AbortController();
  const settings = { url: "http://repository/", appDefaultStatus: "draft", visibility: "private" };
  const index = new TextEncoder().encode(`apiVersion: v1\nentries: {}\n${"#\n".repeat(4_000_000)}`);
  const [hasty, usual] = [readers({ running: 1 }), readers()];
  t.after(() => [hasty, usual].map(({ close }) => close()));
  const refused = await hasty.readEntries(index, "repo-1", settings, signal);
  assert.deepEqual(refused, { refused: "the index takes more than 0.001 s to read" });
  await assert.rejects(usual.readEntries(index, "repo-1", settings, AbortSignal.timeout(1)), { name: "TimeoutError" });
});
