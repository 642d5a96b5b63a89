import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogBatch } from "../../../events/ports.ts";
import { seeded, virtualTime } from "../../../events/simulation/time.ts";
import { paced } from "../../../events/subscription/pace.ts";

const batchOf = (from: number, count: number): LogBatch => ({
  ...{ topic: "toys.counter", partition: 0, next: from + count },
  records: Array.from({ length: count }, (_, index) => ({
    ...{ topic: "toys.counter", partition: 0, offset: from + index, key: "counter/a", value: null, headers: {} },
  })),
});
const signal = new AbortController().signal;

/** Milliseconds that so many records take at a rate, where a read takes what `reads` says. */
const took = async (rate: number | "auto" | null, records: number, reads: (isBusy: boolean) => number = () => 2): Promise<number> => {
  const time = virtualTime(seeded(1));
  const { clock } = time;
  let isBusy = false;
  const probe = () => clock.sleep(reads(isBusy));
  let seen = 0;
  const work = async (): Promise<number> => {
    const handle = await paced(rate, { clock, signal, probe }, async (batch) => {
      isBusy = true;
      seen += batch.records.length;
      return batch.next;
    });
    const began = clock.now();
    for (let at = 0; at < records; at += 5_000) assert.equal(await handle(batchOf(at, 5_000)), at + 5_000);
    return clock.now() - began;
  };
  const spent = await time.during(work());
  assert.equal(seen, records);
  return spent;
};

test("records come at most at the rate, and without one as they are", async () => {
  assert.equal(await took(null, 10_000), 0);
  const spent = await took(2_000, 10_000);
  assert.ok(spent >= 4_000 && spent <= 6_000, `${spent} ms`);
});

test("with `auto` nothing pauses while reads are as fast as before, and everything does while they take longer", async () => {
  // 20 slices with one read each.
  assert.ok((await took("auto", 10_000)) <= 100);
  const slow = await took("auto", 50_000, (isBusy) => (isBusy ? 20 : 2));
  assert.ok(slow > 60_000, `${slow} ms`);
  const soonWell = await took("auto", 50_000, (isBusy) => (isBusy ? 3 : 2));
  assert.ok(soonWell < 1_000, `${soonWell} ms: one and a half times as long is allowed`);
});

test("what another owner interrupts is read again from its position", async () => {
  const time = virtualTime(seeded(1));
  const { clock } = time;
  const handle = await paced(1_000_000, { clock, signal, probe: async () => {} }, async () => 7);
  assert.equal(await time.during(handle(batchOf(0, 10))), 7);
});
