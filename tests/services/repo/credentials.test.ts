import assert from "node:assert/strict";
import { test } from "node:test";
import { repoService } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { createRepo, unchanged } from "./fixtures.ts";
import { clock, world } from "./world.ts";

test("the key of a credential is destroyed once it opens nothing any more: when another takes its place, and with the repository", async () => {
  const opened: string[] = [];
  const forgotten: string[] = [];
  const { run, problems, stop } = world();
  try {
    const repo = await run(({ blobs }) =>
      repoService({
        readFile: async () => ({ bytes: new TextEncoder().encode("api_version: v1\nentries: {}\n") }),
        blobs,
        clock,
        open: async (sealed) => {
          assert.ok(!forgotten.includes(sealed), `${sealed} cannot be opened any more`);
          opened.push(sealed);
          return "{}";
        },
        forget: async (sealed) => void forgotten.push(sealed),
      }),
    );
    const read = (count: number) => eventually(`reading by credential ${count}`, async () => opened.length === count);
    await repo.send(createRepo({ sealedCredential: "first" }));
    await read(1);
    assert.deepEqual(forgotten, []);
    const modify = { ...unchanged, type: "ModifyRepo", repoId: "repo-1" } as const;
    await repo.send({ ...modify, repoEventId: "repoe-2", sealedCredential: "second" });
    await read(2);
    assert.deepEqual(forgotten, ["first"]);
    await repo.send({ ...modify, repoEventId: "repoe-3", name: "renamed", visibility: "private" });
    await read(3);
    assert.deepEqual(forgotten, ["first"]);
    await repo.send({ type: "DeleteRepo", repoId: "repo-1", repoEventId: "repoe-4" });
    await eventually("the last one is forgotten", async () => forgotten.length === 2);
    assert.deepEqual(forgotten, ["first", "second"]);
    assert.deepEqual(opened, ["first", "second", "second"]);
    assert.deepEqual(problems, []);
  } finally {
    await stop();
  }
});
