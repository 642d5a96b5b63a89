import assert from "node:assert/strict";
import { test } from "node:test";
import { Registry } from "prom-client";
import { seeded, virtualTime } from "../../../../events/simulation/time.ts";
import type { Target } from "../../../../services/providers/kubernetes/ports.ts";
import { watchReport } from "../../../../services/providers/kubernetes/watch-report.ts";
import { watchingAtMost } from "../../../../services/providers/kubernetes/watching.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";

const MINUTE = 60_000;
const MOST = 2;

/** Instances that watch two releases at most. The releases that run are by runtime and cluster, `r-1/cl-1`. */
const instances = (...releases: readonly string[]) => {
  const { clock, run } = virtualTime(seeded(1));
  const running = releases.map((each) => {
    const [runtime_id = "", cluster_id = ""] = each.split("/");
    const nothing = { runs: true, scales: [] };
    const place = { cluster_id, runtime_id, namespace: "shop", release: cluster_id };
    return { ...nothing, ...place, job_id: "j-1", status: "running", before: nothing, after: nothing };
  });
  const leases = new Map<string, { readonly holder: string; readonly until: number }>();
  const [looks, reported]: [string[], string[]] = [[], []];
  const said: { [instance: string]: { readonly watched: number; readonly inTurns: number } } = {};
  const failing = new Set<string>();
  const start = (holder: string) => {
    const target = fakeNamespace().targetAt(clock);
    const observe: Target["observe"] = async (release) => {
      looks.push(`${holder} ${release}`);
      if (failing.has(release)) throw new Error("the API server does not answer");
      return target.observe(release);
    };
    const outside = {
      ...outsideOn({ ...target, observe }, clock),
      report: (_: unknown, runtimeId: string) => void reported.push(runtimeId),
      watches: (now: { readonly watched: number; readonly inTurns: number }) => {
        said[holder] = now;
      },
    };
    const lease = async (name: string, milliseconds: number): Promise<boolean> => {
      const held = leases.get(name);
      if (held && held.holder !== holder && held.until > clock.now()) return false;
      leases.set(name, { holder, until: clock.now() + milliseconds });
      return true;
    };
    const find = async (_: string, __: unknown, limit: number) => running.slice(0, limit);
    return watchingAtMost(MOST).start({ outside, clock, lease, find, send: async () => {} });
  };
  const until = async (what: string, isSo: () => boolean) => assert.ok(await run(isSo, 10 * MINUTE), what);
  const looksAt = (who: string) => looks.filter((each) => each === who).length;
  return { start, until, looksAt, looks, said, failing, reported, running };
};

test("what is more than an instance watches is looked at in turns, and that is said", async () => {
  const { start, until, looksAt, said, looks, running } = instances("r-1/cl-1", "r-1/cl-2", "r-1/cl-3", "r-1/cl-4", "r-1/cl-5");
  const stop = await start("one");
  await until("all are looked at", () => new Set(looks).size === 5);
  await until("it says so", () => said.one?.watched === 2 && said.one.inTurns === 3);
  for (const id of ["cl-3", "cl-4", "cl-5"]) await until(`${id} is looked at again`, () => looksAt(`one ${id}`) >= 3);
  assert.ok(looksAt("one cl-1") < 3, "a release that is watched is looked at when something changes");
  running.splice(2);
  await until("nothing is left", () => said.one?.watched === 2 && said.one.inTurns === 0);
  await stop();
});

test("an instance with room takes over the runtimes that another one has no room for", async () => {
  const { start, until, said, looksAt } = instances("r-1/cl-1", "r-1/cl-2", "r-2/cl-3", "r-2/cl-4");
  const stops = [await start("one")];
  await until("two are not watched", () => said.one?.watched === 2 && said.one.inTurns === 2);
  stops.push(await start("two"));
  await until("the other instance watches them", () => said.two?.watched === 2 && said.one?.inTurns === 0);
  const before = looksAt("one cl-3");
  await until("a while passes", () => looksAt("two cl-3") >= 1);
  assert.equal(looksAt("one cl-3"), before, "one instance looks at a release");
  assert.deepEqual(said, { one: { watched: 2, inTurns: 0 }, two: { watched: 2, inTurns: 0 } });
  await Promise.all(stops.map((stop) => stop()));
});

test("a release that cannot be looked at holds up no other, and its runtime is reported once a round", async () => {
  const { start, until, looksAt, failing, reported } = instances("r-1/cl-1", "r-1/cl-2", "r-2/cl-3", "r-2/cl-4", "r-2/cl-5");
  failing.add("cl-3").add("cl-4");
  const stop = await start("one");
  await until("each is looked at", () => ["cl-3", "cl-4", "cl-5"].every((id) => looksAt(`one ${id}`) > 0));
  assert.deepEqual(reported, ["r-2"]);
  await stop();
});

test("the log, the metric and the status say when there is more than is watched, and the log when there is no more", async () => {
  const registry = new Registry();
  const lines: string[] = [];
  const log = (_: object, line: string) => void lines.push(line);
  const { watches, warnings } = watchReport(registry, { warn: log, info: log });
  for (const inTurns of [0, 3, 4, 0]) {
    watches({ watched: 2_000, inTurns });
    assert.equal(warnings().length, inTurns > 0 ? 1 : 0);
    assert.match(await registry.metrics(), new RegExp(`pitrix_kubernetes_releases\\{how="in turns"\\} ${inTurns}\\b`));
  }
  watches({ watched: 2_000, inTurns: 4 });
  assert.match(warnings()[0] ?? "", /^4 releases are looked at in turns only, beside 2000 that are watched/);
  assert.deepEqual(lines, [
    "more releases run than the instances watch: the others are looked at in turns",
    "all releases that run are watched",
    "more releases run than the instances watch: the others are looked at in turns",
  ]);
});
