import assert from "node:assert/strict";
import { test } from "node:test";
import type { Player } from "../../../../events/simulation/instances.ts";
import { cluster } from "../../../../services/cluster/service.ts";
import { providerOf } from "../../../../services/providers/kit/provider.ts";
import type { Api } from "../../../../services/providers/kubernetes/api.ts";
import { tasks } from "../../../../services/providers/kubernetes/effects.ts";
import { inquiriesOf } from "../../../../services/providers/kubernetes/inquiries.ts";
import { CLUSTER_LABEL, TASK_LABEL } from "../../../../services/providers/kubernetes/names.ts";
import { plan } from "../../../../services/providers/kubernetes/plan.ts";
import type { KubernetesOutside, Revision, Target } from "../../../../services/providers/kubernetes/ports.ts";
import { applyRelease, removeRelease } from "../../../../services/providers/kubernetes/release.ts";
import type { ReleaseTask } from "../../../../services/providers/kubernetes/revisions.ts";
import { runtime } from "../../../../services/runtime/service.ts";
import { clusterId, owner, requestCluster, runtimeCommands } from "../../../world/toys/clusters.ts";
import { simulated } from "../../../world/world.ts";
import { tampered } from "../contract.ts";
import { fakeNamespace, outsideOn } from "./fake-target.ts";
import { charts, chartVersion } from "./subject.ts";

const MINUTE = 60_000;
const chart = { archive: new Uint8Array(), values: "" };
const theirs = { team: "shop" };
const endless = new AbortController().signal;
/** Called before and after each step that helm or the API takes. It may throw: then the provider has died there. */
type Step = () => Promise<void>;
const quiet: Step = async () => {};
class Killed extends Error {}

/** Release `shop` of somebody else, whose newest revision is deployed, or whatever is named. */
const bench = (statuses: readonly string[] = ["deployed"]) => {
  let time = 1_000_000;
  const now = () => time;
  const namespace = fakeNamespace();
  const plain = namespace.targetAt({ now });
  /** Whose chart each revision has, and what was asked of helm. */
  const [content, said] = [new Map<string, string>(), [] as string[]];
  const all = (): readonly Revision[] => namespace.releases.get("shop") ?? [];
  const newest = () => all().at(-1);
  const add = (status: string, labels: Revision["labels"], whose: string): void => {
    namespace.add("shop", status, labels, time);
    content.set(newest()?.uid ?? "", whose);
  };
  const become = (isWanted: (each: Revision) => boolean, status: string): void => {
    const next = (each: Revision) => (isWanted(each) ? { ...each, status, version: `${each.version}'`, time } : each);
    namespace.releases.set("shop", all().map(next));
  };
  for (const status of statuses) add(status, theirs, "theirs");
  /** Helm works in steps, and leaves what it has done so far when it is killed. */
  const helm = async (step: Step, pending: string, labels: Revision["labels"], whose: string): Promise<void> => {
    await step();
    add(pending, labels, whose);
    await step();
    const uid = newest()?.uid;
    become((each) => each.status === "deployed", "superseded");
    await step();
    become((each) => each.uid === uid, "deployed");
    await step();
  };
  const stepwise = (step: Step): Target => ({
    ...plain,
    revisions: async (release) => {
      await step();
      return plain.revisions(release);
    },
    label: async (...given) => {
      await step();
      const done = await plain.label(...given);
      await step();
      return done;
    },
    upgrade: async (release, { labels }) => {
      said.push("upgrade");
      assert.equal(release, "shop");
      await helm(
        step,
        all().length > 0 ? "pending-upgrade" : "pending-install",
        { ...newest()?.labels, ...labels },
        labels[CLUSTER_LABEL] ?? "",
      );
    },
    rollback: async (_, revision) => {
      const found = all().find((each) => each.revision === revision);
      assert.ok(found, `there is no revision ${revision}`);
      said.push("rollback");
      await helm(step, "pending-rollback", found.labels, content.get(found.uid) ?? "");
    },
    uninstall: async () => {
      said.push("uninstall");
      namespace.releases.delete("shop");
    },
  });
  const adopts = all().findLast(({ status }) => status === "deployed")?.uid ?? "";
  const task = (clusterId: string, step = quiet): ReleaseTask => ({
    ...{ target: stepwise(step), clusterId, release: "shop", adopts, taskId: `t-${clusterId}`, signal: endless, now },
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
    timeouts: { helm: MINUTE, ready: MINUTE },
  });
  return { ...{ task, said, all, add, newest, namespace }, contentOf: () => content.get(newest()?.uid ?? "") };
};
type Bench = ReturnType<typeof bench>;

/** Runs work that is killed at its n-th step; false: it has fewer. */
const killedAt = async (nth: number, work: (step: Step) => Promise<void>): Promise<boolean> => {
  let steps = 0;
  const step = async () => {
    steps += 1;
    if (steps > nth) throw new Killed();
  };
  try {
    await work(step);
    return false;
  } catch (error) {
    if (error instanceof Killed) return true;
    throw error;
  }
};
const own = (clusterId: string) => ({ ...theirs, [CLUSTER_LABEL]: clusterId, [TASK_LABEL]: `t-${clusterId}` });
/** The release is cluster cl-1's, and only once. */
const isTaken = ({ all, newest, contentOf, said }: Bench, where: string): void => {
  assert.deepEqual([newest()?.status, newest()?.labels, contentOf()], ["deployed", own("cl-1"), "cl-1"], where);
  assert.equal(all().filter(({ status }) => status === "deployed").length, 1, where);
  assert.ok(!said.includes("uninstall"), where);
};
/** The release is as it was, and nobody's. */
const isTheirs = ({ all, newest, contentOf, said }: Bench, where: string): void => {
  assert.deepEqual([newest()?.status, contentOf()], ["deployed", "theirs"], where);
  for (const { labels, revision } of all()) assert.deepEqual(labels, theirs, `${where}: revision ${revision}`);
  assert.ok(!said.includes("uninstall"), where);
};

test("a release of somebody else is taken over with the version's chart, and keeps its labels", async () => {
  const one = bench();
  await applyRelease(one.task("cl-1"), chart);
  isTaken(one, "taken over");
  assert.deepEqual(one.said, ["upgrade"]);
  await applyRelease(one.task("cl-1"), chart);
  assert.deepEqual(one.said, ["upgrade"], "the same task again does nothing");
});

test("what helm has left unfinished of a release is taken back before it is taken over", async () => {
  for (const status of ["failed", "pending-upgrade"]) {
    const one = bench(["superseded", "deployed", status]);
    await applyRelease(one.task("cl-1"), chart);
    isTaken(one, status);
    assert.deepEqual(one.said, ["rollback", "upgrade"], status);
  }
});

test("a release is not taken over if it is not there any more, is another cluster's, or is not as it was looked at", async () => {
  const refused = async (change: (one: Bench) => void, why: RegExp): Promise<void> => {
    const one = bench();
    const task = one.task("cl-1");
    change(one);
    const before = structuredClone(one.all());
    await assert.rejects(applyRelease(task, chart), { name: "KubernetesError", message: why });
    await removeRelease(task);
    assert.deepEqual([one.all(), one.said], [before, []]);
  };
  await refused(({ namespace }) => void namespace.releases.clear(), /^namespace shop has no release shop$/);
  await refused(({ add }) => add("deployed", own("cl-2"), "cl-2"), /belongs to another cluster by now$/);
  await refused(({ add }) => add("deployed", theirs, "theirs"), /has changed since it was to be taken over$/);
  await refused(({ namespace, add }) => {
    // It was uninstalled, and another one was installed under its name: the same number, but not the same revision.
    namespace.releases.clear();
    add("deployed", theirs, "others");
  }, /has changed since it was to be taken over$/);
});

test("a provider that dies at any step of taking over goes on where it was: there is one release, and it is never removed", async () => {
  let deaths = 0;
  for (let nth = 0; ; nth++) {
    const one = bench();
    if (!(await killedAt(nth, (step) => applyRelease(one.task("cl-1", step), chart)))) break;
    deaths += 1;
    // The next one dies, too, at the same step.
    await killedAt(nth, (step) => applyRelease(one.task("cl-1", step), chart));
    await applyRelease(one.task("cl-1"), chart);
    isTaken(one, `killed at step ${nth}`);
  }
  assert.ok(deaths >= 8, `${deaths} steps`);
});

test("an interrupted import is undone from any step, also if the undo is interrupted: the release is as it was before", async () => {
  let cases = 0;
  for (let nth = 0; ; nth++) {
    let isOver = false;
    for (let undone = 0; ; undone++) {
      const one = bench();
      isOver = !(await killedAt(nth, (step) => applyRelease(one.task("cl-1", step), chart)));
      const wasKilled = await killedAt(undone, (step) => removeRelease(one.task("cl-1", step)));
      await removeRelease(one.task("cl-1"));
      isTheirs(one, `killed at step ${nth}, and its undo at ${undone}`);
      cases += 1;
      // Another cluster can take it over afterwards.
      await applyRelease({ ...one.task("cl-2"), adopts: one.newest()?.uid ?? "" }, chart);
      assert.equal(one.contentOf(), "cl-2");
      if (!wasKilled) break;
    }
    if (isOver) break;
  }
  assert.ok(cases >= 60, `${cases} cases`);
});

test("of two clusters that take over a release at once one does, whatever the other has done by then", async () => {
  for (let nth = 0; ; nth++) {
    const one = bench();
    const first = one.task("cl-1");
    let [steps, other]: [number, Promise<unknown> | undefined] = [0, undefined];
    const outcome = (work: Promise<void>) => work.then(() => "", String);
    const step = async () => {
      if (steps === nth) other = outcome(applyRelease({ ...one.task("cl-2"), adopts: first.adopts }, chart));
      steps += 1;
      await other;
    };
    const said = await outcome(applyRelease({ ...one.task("cl-1", step), adopts: first.adopts }, chart));
    if (!other) break;
    const [winner, lost] = said === "" ? ["cl-1", await other] : ["cl-2", said];
    assert.match(String(lost), /belongs to another cluster by now|has not made/, `at step ${nth}`);
    assert.deepEqual([one.contentOf(), one.newest()?.labels], [winner, own(winner)], `at step ${nth}`);
    // The loser's undo leaves the winner's release alone.
    await removeRelease(winner === "cl-1" ? { ...one.task("cl-2"), adopts: first.adopts } : first);
    assert.deepEqual([one.contentOf(), one.newest()?.labels], [winner, own(winner)], `after the undo, at step ${nth}`);
    assert.ok(!one.said.includes("uninstall"));
  }
});

test("the label of a task that was left behind does not stand for what the release was", async () => {
  const one = bench([]);
  const left = { ...theirs, [TASK_LABEL]: "t-0" };
  one.add("deployed", left, "theirs");
  const task = { ...one.task("cl-1"), adopts: one.newest()?.uid ?? "" };
  await applyRelease(task, chart);
  isTaken(one, "taken over");
  await removeRelease(task);
  isTheirs(one, "undone");
});

test("a release that somebody uninstalls while it is taken over is not uninstalled by the cluster, nor installed anew", async () => {
  for (const nth of [2, 3]) {
    const one = bench();
    const task = one.task("cl-1");
    await killedAt(nth, (step) => applyRelease({ ...one.task("cl-1", step), adopts: task.adopts }, chart));
    one.namespace.releases.set(
      "shop",
      one.all().map((each) => ({ ...each, status: "uninstalling" })),
    );
    await assert.rejects(applyRelease(task, chart), { name: "KubernetesError", message: /^release shop .*is uninstalling/ }, `step ${nth}`);
    assert.deepEqual(one.said, [], `step ${nth}`);
  }
});

test("once it is the cluster's own, the release is removed with it", async () => {
  const one = bench();
  await applyRelease(one.task("cl-1"), chart);
  await removeRelease({ ...one.task("cl-1"), adopts: "" });
  assert.deepEqual([one.all(), one.said], [[], ["upgrade", "uninstall"]]);
});

test("a helm that was ended when it had superseded the revision before is taken back to that one: nothing that has run is uninstalled", async () => {
  const one = bench(["superseded"]);
  one.add("pending-upgrade", { [CLUSTER_LABEL]: "cl-1", [TASK_LABEL]: "t-0" }, "cl-1");
  const before = { ...one.task("cl-1"), adopts: "" };
  one.namespace.releases.set(
    "shop",
    one.all().map((each) => ({ ...each, labels: { ...each.labels, [CLUSTER_LABEL]: "cl-1" } })),
  );
  await applyRelease(before, chart);
  assert.deepEqual(one.said, ["rollback", "upgrade"]);
});

test("what is found of a release is bounded, and one that is not deployed, or has a cluster, is not offered", async () => {
  const asked = { runtime_credential_id: "runtimec-1", zone: "shop", release: "shop", package_owner: "repo", package_digest: "sha256:1" };
  const inquire = async ({ namespace }: Bench, more: Partial<Target> = {}) => {
    const api = { send: async () => ({ status: 201, body: { status: { allowed: true } } }) } as unknown as Api; // It is asked for rights only.
    const { release } = inquiriesOf({
      ...outsideOn(namespace.targetAt({ now: () => 0 }), { now: () => 0, sleep: async () => {} }),
      placeOf: async () => undefined,
      contentOf: async () => ({ content: "" }),
      withApi: (_, use) => use(api),
      withNamespace: (_, __, use) => use({ ...namespace.targetAt({ now: () => 0 }), ...more }),
    });
    return release?.(asked);
  };
  const refused = async (...given: Parameters<typeof inquire>) => String((await inquire(...given))?.refused);
  const made = (chart: string, value: string) => ({ made: async () => ({ chart, values: { value } }) });
  for (const status of ["pending-install", "failed", "uninstalling"])
    assert.equal(await refused(bench([status])), `release shop in namespace shop is not deployed: it is ${status}`);
  for (const statuses of [["deployed"], ["deployed", "failed"], ["deployed", "pending-upgrade"]])
    assert.deepEqual(await inquire(bench(statuses), made("web", "a")), { revision: "uid-1", values: '{"value":"a"}' });
  const taken = bench();
  await applyRelease(taken.task("cl-1"), chart);
  assert.deepEqual(await inquire(taken), { cluster: "cl-1" });
  assert.match(await refused(bench(), made("web", "x".repeat(65_536))), /^its values are longer than 65536 characters$/);
  assert.ok((await refused(bench(), made("x".repeat(1e6), ""))).length < 500);
  const silent = async () => {
    throw Object.assign(new Error(), { code: "ECONNREFUSED" });
  };
  assert.equal(await refused(bench(), { revisions: silent }), "the API server does not answer: ECONNREFUSED");
});

test("a cluster that is deleted by force while it takes over a release, and then ceased, leaves the release and its volumes alone", async (t) => {
  const namespace = fakeNamespace();
  namespace.add("shop", "deployed", theirs, 0);
  namespace.claims.set("data-db-0", undefined);
  const adopted = { release: "shop", revision: namespace.releases.get("shop")?.at(-1)?.uid ?? "" };
  const ask = async (type: string, more: object = {}): Promise<void> => {
    const { rejection } = await platform.send("cluster", { ...more, type, clusterId, jobId: `j-${type}` });
    assert.equal(rejection, null);
  };
  let isAsked = false;
  const deletes = tampered(tasks, async ({ action }, when) => {
    if (isAsked || action !== "AwaitPods" || when !== "after") return;
    isAsked = true;
    await ask("DeleteCluster", { force: true });
  });
  const about = { provider: "kubernetes", versionTypes: ["helm"], zones: [], credentialSchema: "{}" };
  const service = providerOf<KubernetesOutside>({ plan, tasks: deletes, ...about });
  const player: Player = { service, outside: ({ ports: { clock } }) => outsideOn(namespace.targetAt(clock), clock) };
  const platform = await simulated([runtime, cluster, player]);
  t.after(platform.stop);
  for (const command of runtimeCommands(owner, charts.on)) await platform.send("runtime", command);
  await platform.settle();
  const { placement, type: _, ...request } = requestCluster();
  const { configuration, secrets, on } = charts;
  await ask("RequestCluster", {
    ...request,
    version: chartVersion("appv-1"),
    configuration,
    secrets,
    placement: { ...placement, ...on, adopted },
  });
  await platform.settle();
  assert.ok(isAsked, "it was taken over by then");
  await ask("CeaseCluster", { force: false });
  await platform.settle();
  assert.equal((await platform.documents("cluster", "clusters"))[0]?.value.status, "ceased");
  assert.deepEqual(namespace.releases.get("shop")?.at(-1)?.labels, theirs);
  assert.deepEqual([...namespace.claims], [["data-db-0", undefined]]);
});
