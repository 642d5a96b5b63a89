import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Outage } from "../../../events/outage.ts";
import { platformStatus } from "../../../services/chassis/http/platform-status.ts";
import type { InstanceStatus } from "../../../services/chassis/http/status-route.ts";
import type { ServiceInstance } from "../../../services/chassis/process/discovery.ts";
import { painter } from "../../../services/cli/output.ts";
import { lagTable, statusText } from "../../../services/cli/status-text.ts";
import { eventually } from "../../eventually.ts";
import { catalog, changes, type Poison } from "../../world/toys/catalog.ts";
import { served, type World } from "../../world/world.ts";
import { pitrix } from "./terminal.ts";

const poison: Poison = new Set();
const warnings: string[] = [];
let world: World;
before(async () => {
  const outside = async () => ({ open: async () => ({ outside: undefined, warnings: () => warnings }) });
  world = await served({ ...catalog(poison).service, http: [], outside });
});
after(() => world.stop());

const status = async () => {
  const { text, code } = await pitrix(world, ["status", "--json"]);
  return { ...JSON.parse(text), code };
};
const plain = painter({ isTerminal: false }, {});

test("one screen says that all is well, with a line for each service", async () => {
  await eventually("all is well", async () => (await status()).code === 0);
  const { text } = await pitrix(world, ["status"]);
  assert.match(text, /^all well {2}1 services, 1 instances\.\n\nSERVICE +READY +LAG +BEHIND/);
  assert.match(text, /^catalog +1 of 1 +0 +- +0 +0 +0 +0 +-$/m);
});

test("what a service warns of is wrong, although it is ready", async () => {
  warnings.push("3 releases are looked at in turns only");
  const { code, problems, services } = await status();
  warnings.pop();
  assert.deepEqual([code, problems.length, services[0].instances[0].state], [1, 1, "ready"]);
  assert.match(problems[0], /^catalog: \S+: 3 releases are looked at in turns only$/);
});

test("what is parked is wrong, and the exit code says so", async () => {
  poison.add("category/a@2");
  await world.of().ports.log.publish([...changes("a", 1, 3), ...changes("b", 1, 1)]);
  await eventually("both have parked it", async () => (await status()).problems.length === 2);
  const { text, code } = await pitrix(world, ["status"]);
  assert.equal(code, 1);
  assert.match(text, /^wrong {2}catalog: 1 stream is parked in names__v1$/m);
  const lag = await pitrix(world, ["lag", "catalog"]);
  assert.equal(lag.code, 0, "what is parked is behind its position");
  assert.match(lag.text, /catalog +names__v1 +0 +- +1 +-/);
});

test("while the store or the log does not answer, an instance still says how it is", async () => {
  world.fate.before = async (call) => {
    if (/^(store\.due|parking\.streams|log\.ends)/.test(call)) throw new Outage(`no ${call}`);
  };
  try {
    const { services, problems, code } = await status();
    assert.equal(code, 1);
    assert.equal(services[0].instances[0].state, "ready");
    assert.deepEqual(problems.slice(0, 1), ["catalog: its document store does not answer"]);
    assert.ok(problems.includes("catalog: the log does not answer, so the lag of names__v1 is not known"));
    const lag = await pitrix(world, ["lag"]);
    assert.equal(lag.code, 1);
    assert.match(lag.text, /catalog +names__v1 +\? +\? +\? +-/);
  } finally {
    world.fate.before = async () => {};
  }
});

test("groups say which instance reads what", async () => {
  const { text, code } = await pitrix(world, ["groups"]);
  assert.equal(code, 0);
  assert.match(text, /^pitrix\.catalog\.names__v1 +\S+ +pitrix\.category\/0,1$/m);
});

const instances: readonly ServiceInstance[] = ["one", "two"].map((instance) => ({
  ...{ service: "cluster", url: `http://${instance}`, instance, since: "" },
}));
const told = (positions: { readonly [partition: string]: number }, more: Partial<InstanceStatus> = {}): InstanceStatus => ({
  ...{ service: "cluster", ready: true, reasons: [], ends: { "t/0": 10, "t/1": 40, "t/2": 5 }, due: [], breakers: [], leases: [] },
  subscriptions: [{ name: "clusters__v1", positions, latest: "2026-01-01T00:00:00.000Z", parked: 0 }],
  ...more,
});
const found = (answers: { readonly [instance: string]: InstanceStatus | undefined }, seconds = 90) =>
  platformStatus(
    {
      instances: async () => instances,
      ask: async ({ instance }, path) => {
        if (path !== "/internal/status") return { models: [] };
        const answer = answers[instance];
        if (!answer) throw new Error(`${instance} does not answer`);
        return answer;
      },
    },
    Date.parse("2026-01-01T00:00:00.000Z") + 1_000 * seconds,
  );

test("the lag of a partition counts from its most advanced instance, and a partition that nobody reads is named", async () => {
  const { services, problems } = await found({ one: told({ "t/0": 10, "t/1": 12 }), two: told({ "t/1": 30 }) });
  assert.deepEqual(problems, ["cluster: clusters__v1 is 90 s behind the log, by 10 records", "cluster: nobody reads t/2 for clusters__v1"]);
  const [cluster] = services;
  assert.deepEqual(cluster?.subscriptions[0]?.worst, { partition: "t/1", next: 30, end: 40 });
  assert.match(lagTable(services, plain), /cluster +clusters__v1 +10 +90 s +0 +t\/1: 30 of 40/);
  const soon = await found({ one: told({ "t/0": 10, "t/1": 12, "t/2": 5 }), two: undefined }, 30);
  assert.deepEqual(soon.problems, ["cluster: two is silent: two does not answer"]);
});

test("open breakers, late commits and instances that are not ready are wrong", async () => {
  const one = told(
    { "t/0": 10, "t/1": 40, "t/2": 5 },
    {
      ready: false,
      reasons: ["is starting"],
      breakers: [{ name: "DeploymentStarted", state: "open" }],
      due: [
        { kind: "publish", marks: 3, oldestSeconds: 61 },
        { kind: "effects", marks: 2, oldestSeconds: 61 },
      ],
    },
  );
  const { services, problems } = await found({ one, two: told({}) });
  assert.deepEqual(problems, [
    "cluster: one is not ready: is starting",
    "cluster: the breaker of DeploymentStarted is open in one",
    "cluster: 3 commits are not on the log, the oldest for 61 s",
  ]);
  assert.match(statusText({ services, problems }, plain, 0), /^cluster +1 of 2 +0 +- +0 +3 +2 +\? +DeploymentStarted$/m);
});
