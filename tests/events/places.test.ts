import assert from "node:assert/strict";
import { test } from "node:test";
import { places } from "../../events/effects/places.ts";

const MINUTE = 60_000;

test("calls of a target that are slow do not hold up its quick ones, until as many again are slow", () => {
  let time = 0;
  const woken: string[] = [];
  const { enter, holds, look } = places(
    (stream) => woken.push(stream),
    () => time,
  );
  const leaves = Array.from({ length: 8 }, (_, nth) => enter("owner", `slow-${nth}`));
  assert.ok(leaves.every((leave) => leave !== undefined));
  assert.equal(enter("owner", "quick"), undefined);
  assert.ok(holds("quick"));
  look();
  assert.deepEqual(woken, [], "none is slow yet");
  time += MINUTE;
  look();
  assert.deepEqual(woken, ["quick"]);
  for (let nth = 8; nth < 16; nth++) assert.ok(enter("owner", `slow-${nth}`), `${nth}`);
  time += MINUTE;
  assert.equal(enter("owner", "late"), undefined, "all that there are, are slow");
  assert.ok(enter("other", "another's"), "others have places of their own");
  leaves[0]?.();
  assert.deepEqual(woken, ["quick", "late"]);
});
