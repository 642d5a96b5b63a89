import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryDocuments } from "../../../events/memory/documents.ts";
import { memoryParking } from "../../../events/memory/parking.ts";
import { dropFold } from "../../../events/subscription/drop-fold.ts";
import { changes, READ_MODEL, versions } from "../../world/toys/catalog.ts";
import { catalogWorld } from "./catalog-world.ts";

for (const last of ["documents.forgetPositions", "parking.forget", "documents.drop", "nothing"])
  test(`a fold that was dropped until ${last} failed loses nothing when it is begun again`, async () => {
    const { publish, launch, until, shown, held, ask, database, within } = await catalogWorld();
    const before = await launch({ poison: new Set(["category/a@2"]) });
    await publish([...changes("a", 1, 4), ...changes("b", 1, 3)]);
    await until(async () => shown("b").length === 3 && (await held(READ_MODEL, "category/a")).length === 3, "a waits, b is there");
    await before.stop();

    const fate = {
      before: async (call: string): Promise<void> => {
        if (call.startsWith(last)) throw new Error("the store is away");
      },
      after: async () => {},
    };
    const ports = { documents: memoryDocuments(database, fate), parking: memoryParking(database, fate) };
    const dropping = within(dropFold(ports, READ_MODEL));
    await (last === "nothing" ? dropping : assert.rejects(dropping, /the store is away/));
    if (last === "nothing") {
      assert.equal(database.models.has(READ_MODEL), false);
      assert.equal([...database.positions.keys()].filter((key) => key.startsWith(READ_MODEL)).length, 0);
    }

    const after = await launch();
    await ask();
    after.redrive();
    await until(() => shown("a").length === 4 && shown("b").length === 3, "all is there");
    assert.deepEqual([shown("a"), shown("b"), await held(READ_MODEL, "category/a")], [versions(1, 4), versions(1, 3), []]);
    await after.stop();
  });
