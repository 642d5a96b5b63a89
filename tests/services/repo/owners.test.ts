import assert from "node:assert/strict";
import { test } from "node:test";
import type { RepoEventDocument } from "../../../services/repo/read-models.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { served } from "../../world/world.ts";
import { createRepo, outsideWith } from "./fixtures.ts";

test("repositories that never answer hold up their owner's, and no other's", { timeout: 60_000 }, async (t) => {
  let asked = 0;
  const readFile = ({ url, signal }: { readonly url: string; readonly signal: AbortSignal }) => {
    if (!url.includes("slow")) return Promise.resolve({ refused: "there is no such file", denied: true });
    asked += 1;
    return new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  };
  const world = await served([{ service: repo, outside: outsideWith({ readFile }) }]);
  t.after(() => world.stop());
  const register = (nth: number, url: string, owner: string) =>
    world.send("repo", createRepo({ repoId: `repo-${nth}`, repoEventId: `repoe-${nth}`, url, owner, ownerPath: `:${owner}` }));
  for (let nth = 0; nth < 40; nth++) await register(nth, "http://slow/x", "usr-slow");
  await eventually("some are asked", () => asked >= 8);
  await register(100, "http://quick/x", "usr-quick");
  const run = await eventually(
    "the other's has ended",
    async () =>
      (await world.documents("repo", "repoEvents"))
        .map(({ value }) => value as RepoEventDocument) // Its own fold made it.
        .find(({ repo_event_id, status }) => repo_event_id === "repoe-100" && status === "failed"),
    10_000,
  );
  assert.match(run.result, /there is no such file/);
  assert.ok(asked < 32, `${asked} are asked at once`);
});

test("repositories that never answer do not hold up their owner's others for long", { timeout: 60_000 }, async (t) => {
  const readFile = ({ url, signal }: { readonly url: string; readonly signal: AbortSignal }) =>
    url.includes("slow")
      ? new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }))
      : Promise.resolve({ refused: "there is no such file", denied: true });
  const world = await served([{ service: repo, outside: outsideWith({ readFile }) }]);
  t.after(() => world.stop());
  const register = (nth: number, url: string) =>
    world.send("repo", createRepo({ repoId: `repo-${nth}`, repoEventId: `repoe-${nth}`, url, owner: "usr-1", ownerPath: ":usr-1" }));
  for (let nth = 0; nth < 8; nth++) await register(nth, "http://slow/x");
  await register(8, "http://quick/x");
  world.time.pass(31_000);
  await eventually("the quick one has ended", async () =>
    (await world.documents("repo", "repoEvents")).some(({ id, value }) => id === "repoe-8" && Reflect.get(value, "status") === "failed"),
  );
});
