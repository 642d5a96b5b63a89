import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogBatch } from "../../../events/ports.ts";
import { seeded, virtualTime } from "../../../events/simulation/time.ts";
import { paced } from "../../../events/subscription/pace.ts";
import { recentLags } from "../../../events/subscription/recent-lags.ts";

const batchOf = (from: number, count: number): LogBatch => ({
  ...{ topic: "toys.counter", partition: 0, next: from + count },
  records: Array.from({ length: count }, (_, index) => ({
    ...{ topic: "toys.counter", partition: 0, offset: from + index, key: "counter/a", value: null, headers: {} },
  })),
});
const signal = new AbortController().signal;

/** Milliseconds that so many records take at a rate, where a read takes what `reads` says. */
const took = async (rate: number | "auto" | null, records: number, reads: (isBusy: boolean) => number = () => 2): Promise<number> => {
  const shown = () => [];
  const time = virtualTime(seeded(1));
  const { clock } = time;
  let isBusy = false;
  const probe = () => clock.sleep(reads(isBusy));
  let seen = 0;
  const work = async (): Promise<number> => {
    const handle = await paced(rate, { clock, signal, probe, shown }, async (batch) => {
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

test("with `auto` it becomes as fast as it can while reads are as fast as before, and pauses while they take longer", async () => {
  const begin = await took("auto", 50_000);
  assert.ok(begin <= 8_000, `${begin} ms: it begins slowly`);
  assert.ok((await took("auto", 500_000)) - begin <= 9_000, "and then does not pause");
  const slow = await took("auto", 50_000, (isBusy) => (isBusy ? 20 : 2));
  assert.ok(slow > 60_000, `${slow} ms`);
  const soonWell = await took("auto", 50_000, (isBusy) => (isBusy ? 3 : 2));
  assert.ok(soonWell < 9_000, `${soonWell} ms: one and a half times as long is allowed`);
});

/** A platform whose reads and whose live read model become slower with the records a second that a rebuild handles. */
const rebuiltBeside = async (readSlows: number, showSlows: number, seconds: number) => {
  const time = virtualTime(seeded(1));
  const { clock } = time;
  const lags = recentLags(clock);
  const handled: { readonly at: number; readonly count: number }[] = [];
  const load = (): number => handled.reduce((sum, { at, count }) => (at > clock.now() - 1_000 ? sum + count : sum), 0);
  const samples = { reads: [] as number[], shown: [] as number[] };
  const over = new AbortController();
  const read = async (): Promise<number> => {
    const milliseconds = Math.round(10 + readSlows * load());
    await clock.sleep(milliseconds);
    return milliseconds;
  };
  const live = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const milliseconds = Math.round(100 + showSlows * load());
      lags.note("live", new Date(clock.now() - milliseconds).toISOString());
      samples.shown.push(milliseconds);
      samples.reads.push(await read());
      await clock.sleep(20);
    }
  };
  const work = async () => {
    const living = live();
    await clock.sleep(10_000);
    const before = { reads: p99(samples.reads), shown: p99(samples.shown) };
    const pace = { clock, signal, probe: read, shown: (within: number) => lags.of("live", within) };
    const handle = await paced("auto", pace, async (batch) => {
      handled.push({ at: clock.now(), count: batch.records.length });
      await clock.sleep(10);
      return batch.next;
    });
    const begun = clock.now();
    let records = 0;
    for (const end = begun + 1_000 * seconds; clock.now() < end; records += 1_000) await handle(batchOf(records, 1_000));
    over.abort("done");
    await living;
    const rate = (1_000 * records) / (clock.now() - begun);
    return { reads: p99(samples.reads) / before.reads, shown: p99(samples.shown) / before.shown, rate };
  };
  return time.during(work());
};
const p99 = (times: readonly number[]): number => times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0;

test("with `auto` neither reads nor commits until they show take more than one and a half times as long as before, and it uses what is left", async () => {
  // One and a half times is reached at 1,250 records a second by reads, at 2,500 by commits until they show; and the other way round.
  for (const [readSlows, showSlows] of [
    [0.004, 0.02],
    [0.001, 0.04],
    [0, 0.04],
  ] as const) {
    const { reads, shown, rate } = await rebuiltBeside(readSlows, showSlows, 120);
    assert.ok(reads <= 1.5, `reads take ${reads} times as long`);
    assert.ok(shown <= 1.5, `commits take ${shown} times as long until they show`);
    assert.ok(rate >= 500, `${rate} records a second`);
  }
});

test("what another owner interrupts is read again from its position", async () => {
  const time = virtualTime(seeded(1));
  const { clock } = time;
  const handle = await paced(1_000_000, { clock, signal, probe: async () => {}, shown: () => [] }, async () => 7);
  assert.equal(await time.during(handle(batchOf(0, 10))), 7);
});
