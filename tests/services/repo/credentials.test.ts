import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisteredRepo, RepoCommand } from "../../../services/repo/domain/repo.ts";
import { repo } from "../../../services/repo/service.ts";
import { eventually } from "../../eventually.ts";
import { sealedText } from "../../sealed.ts";
import { served } from "../../world/world.ts";
import { createRepo, developer, outsideWith, unchanged } from "./fixtures.ts";

test("the key of a credential is destroyed once it opens nothing any more: when another takes its place, and with the repository", async () => {
  const opened: string[] = [];
  const destroyed: string[] = [];
  const outside = outsideWith({
    readFile: async () => ({ bytes: new TextEncoder().encode("api_version: v1\nentries: {}\n") }),
    open: async (sealed) => {
      assert.ok(!destroyed.includes(sealed), `${sealed} cannot be opened any more`);
      opened.push(sealed);
      return "{}";
    },
    destroyKey: async (sealed) => void destroyed.push(sealed),
  });
  const world = await served([{ service: repo, outside }]);
  const send = (command: RepoCommand) => world.send("repo", command, developer);
  try {
    /** The run has ended, too: one that is replaced before leaves its keys to the next. */
    const read = (count: number) =>
      eventually(`reading by credential ${count}`, async () => {
        const { state } = await world.of().instance.state("repo", "repo/repo-1");
        return opened.length === count && (state as RegisteredRepo).indexing?.stage === "adopting"; // It was registered.
      });
    await send(createRepo({ sealedCredential: sealedText("first") }));
    await read(1);
    assert.deepEqual(destroyed, []);
    const modify = { ...unchanged, type: "ModifyRepo", repoId: "repo-1" } as const;
    await send({ ...modify, repoEventId: "repoe-2", sealedCredential: sealedText("second") });
    await read(2);
    assert.deepEqual(destroyed, [sealedText("first")]);
    await send({ ...modify, repoEventId: "repoe-3", name: "renamed", visibility: "private" });
    await read(3);
    assert.deepEqual(destroyed, [sealedText("first")]);
    await send({ type: "DeleteRepo", repoId: "repo-1", repoEventId: "repoe-4" });
    await eventually("the key of the last one is destroyed", async () => destroyed.length === 2);
    assert.deepEqual(destroyed, [sealedText("first"), sealedText("second")]);
    assert.deepEqual(opened, [sealedText("first"), sealedText("second"), sealedText("second")]);
    assert.deepEqual(world.complaints(), []);
  } finally {
    await world.stop();
  }
});
