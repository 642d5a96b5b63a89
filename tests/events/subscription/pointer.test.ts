import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEnd, Pointer, Reader, Verdict } from "../../../events/ports.ts";
import {
  cleaned,
  expired,
  GRACE,
  joined,
  judged,
  modelIn,
  ownFeed,
  promoted,
  promoting,
  readable,
  rebuilding,
  unproved,
  verifying,
} from "../../../events/subscription/pointer.ts";

const fold = (version: number, ...reads: readonly number[]) => ({ name: "apps", version, reads, initialState: {}, evolve: {} });
const living = (own: number, ...reads: readonly number[]): Reader => ({
  instance: `of fold ${own}`,
  until: 1,
  models: { apps: { reads: [own, ...reads], generation: 1, progress: [] } },
});
const must = (pointer: Pointer | undefined): Pointer => pointer ?? assert.fail("the pointer should change");
const first = must(joined(undefined, fold(1), []));
const serving = promoted(first, 0);
const newer = must(joined(serving, fold(2), [living(1)]));

test("the first build fills a collection, which is active only once it has caught up", () => {
  assert.deepEqual([first.active, first.next, first.generation], [null, "apps__v1", 1]);
  assert.equal(readable(first, fold(1)), undefined);
  assert.equal(readable(serving, fold(1)), "apps__v1");
  assert.equal(joined(first, fold(1), []), undefined);
  assert.equal(joined(serving, fold(1), []), undefined);
});

test("a new fold fills another collection while the old one serves, and the old one is kept for a while", () => {
  assert.deepEqual([newer.active, newer.next, newer.feeds.length], ["apps__v1", "apps__v2r3", 2]);
  assert.equal(readable(newer, fold(2)), undefined);
  assert.equal(readable(newer, fold(2, 1)), "apps__v1");
  const after = promoted(newer, 100);
  assert.deepEqual([after.active, after.next], ["apps__v2r3", null]);
  assert.deepEqual(
    after.feeds.map(({ collection, until }) => [collection, until]),
    [
      ["apps__v1", 100 + GRACE],
      ["apps__v2r3", null],
    ],
  );
  assert.equal(expired(after, 99 + GRACE), undefined);
  const over = must(expired(after, 100 + GRACE));
  assert.deepEqual([over.feeds.map(({ collection }) => collection), over.dropped], [["apps__v2r3"], ["apps__v1"]]);
  assert.deepEqual(cleaned(over, ["apps__v1"]).dropped, []);
});

test("an older build changes nothing while somebody has the active fold, and takes the model back when nobody has", () => {
  const after = promoted(newer, 100);
  assert.equal(joined(after, fold(1), [living(2)]), undefined);
  const back = must(joined(after, fold(1), []));
  assert.deepEqual([back.next, back.feeds.find(({ collection }) => collection === "apps__v1")?.until], ["apps__v1", null]);
  assert.equal(promoted(back, 200).active, "apps__v1");
});

test("an older build fills an old fold anew under another name once that was dropped", () => {
  const gone = cleaned(must(expired(promoted(newer, 0), GRACE)), ["apps__v1"]);
  const again = must(joined(gone, fold(1), []));
  assert.deepEqual([again.next, ownFeed(again, 1)?.collection], ["apps__v1r7", "apps__v1r7"]);
});

const ends: readonly LogEnd[] = [{ topic: "pitrix.app", partition: 0, end: 7 }];
const verdict = (differences: number): Verdict => ({
  ...{ against: "apps__v1", generation: 3, at: 1, compared: 5, ahead: 0, differences, first: [] },
});

test("a rebuild of the same fold is one more collection, which nobody reads", () => {
  const rebuilt = rebuilding(serving, 1, { ends, rate: null });
  assert.deepEqual([rebuilt.active, rebuilt.next, rebuilt.feeds.at(-1)?.collection], ["apps__v1", null, "apps__v1r3"]);
  assert.equal(ownFeed(rebuilt, 1)?.collection, "apps__v1");
  assert.equal(joined(rebuilt, fold(1), []), undefined);
});

test("a rebuild may become active once a verdict says that it equals the collection that is active, at the ends where it stops", () => {
  const rebuilt = rebuilding(serving, 1, { ends, rate: null });
  assert.match(unproved(rebuilt, "apps__v1r3") ?? "", /not compared with apps__v1 yet/);
  const equal = must(judged(rebuilt, "apps__v1r3", ends, verdict(0)));
  assert.equal(unproved(equal, "apps__v1r3"), undefined);
  assert.match(unproved(must(judged(rebuilt, "apps__v1r3", ends, verdict(2))), "apps__v1r3") ?? "", /differs from apps__v1 in 2 documents/);
  const later = [{ topic: "pitrix.app", partition: 0, end: 9 }];
  assert.match(unproved(verifying(equal, "apps__v1r3", later), "apps__v1r3") ?? "", /not compared/);
  assert.equal(judged(verifying(equal, "apps__v1r3", later), "apps__v1r3", ends, verdict(0)), undefined, "a verdict of other ends");
  assert.match(unproved({ ...equal, active: "apps__v2" }, "apps__v1r3") ?? "", /compared with apps__v1, and apps__v2 is active now/);
  assert.equal(judged({ ...rebuilt, active: "apps__v2" }, "apps__v1r3", ends, verdict(0)), undefined, "a verdict about another collection");
  const chosen = must(promoting(equal, "apps__v1r3"));
  assert.deepEqual([chosen.next, chosen.feeds.at(-1)?.rebuild], ["apps__v1r3", undefined]);
});

test("the name of a collection names its model", () => {
  for (const name of ["apps__v1", "apps__v12", "apps__v2r37"]) assert.equal(modelIn(name), "apps");
});
