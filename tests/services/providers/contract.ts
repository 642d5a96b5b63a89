import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { DeploymentTask } from "../../../schemas/generated/events.ts";
import type { Version } from "../../../services/cluster/deployment.ts";
import { TaskFailure, type TaskTable } from "../../../services/providers/kit/effects.ts";
import { clusterId, owner, requestCluster, runtimeCommands } from "../../world/toys/clusters.ts";

/** Called before and after what a task does outside. It may throw, or never return. */
export type Tamper = (task: DeploymentTask, when: "before" | "after", signal: AbortSignal) => Promise<void>;

/** The tasks of a provider, with whatever a test makes of them. */
export const tampered = <Outside>(tasks: TaskTable<Outside>, tamper: Tamper): TaskTable<Outside> =>
  Object.fromEntries(
    Object.entries(tasks).map(([action, run]) => [
      action,
      async (task, context) => {
        await tamper(task, "before", context.signal);
        await run(task, context);
        await tamper(task, "after", context.signal);
      },
    ]),
  );

type Command = { readonly type: string; readonly [field: string]: unknown };
type Value = { readonly [field: string]: unknown };
/** Runtimes, clusters and a provider, in virtual or in real time. */
export type Bench = {
  readonly send: (service: string, command: Command) => Promise<{ readonly rejection: unknown }>;
  readonly documents: (service: string, model: string) => Promise<readonly { readonly id: string; readonly value: Value }[]>;
  readonly until: (what: string, isSo: () => Promise<boolean>) => Promise<void>;
  readonly history: () => readonly { readonly event: Command }[];
  /** The name of the provider's service. */
  readonly provider: string;
  /** The provider's process dies, and another one takes over. */
  readonly crash: () => void;
  readonly restart: () => Promise<void>;
};
/** What the outside of a provider has of a cluster. */
export type Held = { readonly nodes: readonly string[]; readonly running: readonly string[] };

/** A provider on a port, a fake or the real one. */
export type Subject = {
  readonly open: (t: TestContext, tamper: Tamper) => Promise<{ readonly bench: Bench; readonly holds: () => Promise<Held> }>;
  readonly version: (versionId: string) => Version;
  readonly configuration: string;
  readonly secrets?: readonly { readonly path: string; readonly sealed: string }[];
  /** A role that gets more nodes. */
  readonly role: string;
  /** Where it is, if not on the local provider. */
  readonly on?: { readonly provider: string; readonly zone: string };
  /** The actions that the provider can do; by default all. */
  readonly actions?: readonly string[];
  /** Whether deleted clusters have no nodes. By default they keep them, so that they can be recovered. */
  readonly dropsDeleted?: true;
  /** Whether what the outside holds follows only after a while what a provider has made it. */
  readonly isGradual?: boolean;
  /** The call of a task at which an action is in its middle. */
  readonly middle?: number;
  /** The task that a hanging action hangs in, and the action. */
  readonly hanging?: { readonly action: string; readonly task: string };
};

type Action = { readonly command: (about: About) => Command; readonly from: readonly string[]; readonly ends: string };
type About = { readonly nodeIds: readonly string[]; readonly subject: Subject };
/** Each action, the actions before it, and the status in which it ends. */
const actions: { readonly [name: string]: Action } = {
  CreateCluster: {
    command: ({ subject }) => {
      const { version, configuration, secrets = [], on } = subject;
      const { placement, ...request } = requestCluster();
      return { ...request, version: version("appv-1"), configuration, secrets, placement: { ...placement, ...on } };
    },
    from: [],
    ends: "active",
  },
  StopCluster: { command: () => ({ type: "StopCluster" }), from: ["CreateCluster"], ends: "stopped" },
  StartCluster: { command: () => ({ type: "StartCluster" }), from: ["CreateCluster", "StopCluster"], ends: "active" },
  AddClusterNodes: {
    command: ({ subject: { role } }) => ({ type: "AddClusterNodes", role, count: 1 }),
    from: ["CreateCluster"],
    ends: "active",
  },
  DeleteClusterNodes: {
    command: ({ nodeIds }) => ({ type: "DeleteClusterNodes", nodeIds: nodeIds.slice(-1) }),
    from: ["CreateCluster", "AddClusterNodes"],
    ends: "active",
  },
  UpgradeCluster: {
    command: ({ subject }) => ({ type: "UpgradeCluster", version: subject.version("appv-2") }),
    from: ["CreateCluster"],
    ends: "active",
  },
  RollbackCluster: { command: () => ({ type: "RollbackCluster" }), from: ["CreateCluster", "UpgradeCluster"], ends: "active" },
  DeleteCluster: { command: () => ({ type: "DeleteCluster", force: false }), from: ["CreateCluster"], ends: "deleted" },
  RecoverCluster: { command: () => ({ type: "RecoverCluster" }), from: ["CreateCluster", "DeleteCluster"], ends: "active" },
  CeaseCluster: { command: () => ({ type: "CeaseCluster", force: false }), from: ["CreateCluster", "DeleteCluster"], ends: "ceased" },
};

/** What becomes of an action: what is made of its tasks. `crash` ends the provider's process. */
type Course = {
  readonly tamper: (crash: () => void, middle: number) => Tamper;
  readonly outcome: "successful" | "failed";
  readonly crashes?: true;
};
/** Does something at the n-th call. */
const at = (nth: number, tamper: Tamper): Tamper => {
  let calls = 0;
  return async (task, when, signal) => {
    calls += 1;
    if (calls === nth) await tamper(task, when, signal);
  };
};
/** Refuses the first task that has come so far and may not fail. */
const refuses = (at: "before" | "after"): Tamper => {
  let refused = "";
  return async ({ taskId, action, failureAllowed }, when) => {
    if (when !== at || failureAllowed || (refused !== "" && refused !== taskId)) return;
    refused = taskId;
    throw new TaskFailure(`no ${action} here`);
  };
};
const courses: { readonly [name: string]: Course } = {
  succeeds: { tamper: () => async () => {}, outcome: "successful" },
  "is refused": { tamper: () => refuses("before"), outcome: "failed" },
  "fails in the middle": { tamper: () => refuses("after"), outcome: "failed" },
  "meets an outage in the middle": {
    tamper: (_, middle) =>
      at(middle, async () => {
        throw new Error("no route to host");
      }),
    outcome: "successful",
  },
  "is interrupted by a crash": {
    tamper: (crash, middle) =>
      at(middle, async () => {
        crash();
        await new Promise(() => {});
      }),
    outcome: "successful",
    crashes: true,
  },
};

/** Every provider keeps to this, on each of its ports: the outside holds what the cluster says. */
export const providerContract = (name: string, subject: Subject, only: readonly string[] = Object.keys(courses)): void => {
  const run = async (t: TestContext) => {
    let tamper: Tamper = async () => {};
    const { bench, holds } = await subject.open(t, (...call) => tamper(...call));
    for (const command of runtimeCommands(owner, subject.on)) await bench.send("runtime", command);
    const known = async () => (await bench.documents("cluster", "runtimes")).length > 0;
    await bench.until("the runtime is known", known);
    const cluster = async () => (await bench.documents("cluster", "clusters"))[0]?.value ?? {};
    /** The nodes that the cluster has. Those of a deleted cluster are kept, so that it can be recovered. */
    const nodeIds = async () => {
      const gone = (await cluster()).status === "deleted" && !subject.dropsDeleted ? ["ceased"] : ["deleted", "ceased"];
      const nodes = await bench.documents("cluster", "clusterNodes");
      return nodes.flatMap(({ id, value }) => (gone.includes(String(value.status)) ? [] : [id])).sort();
    };
    const job = async (id: string) => (await bench.documents("cluster", "jobs")).find((each) => each.id === id)?.value;
    const ended = async (id: string) => ["successful", "failed"].includes(String((await job(id))?.status));

    const ask = async (action: string, jobId = `j-${action}`): Promise<void> => {
      const command = actions[action]?.command({ nodeIds: await nodeIds(), subject });
      const { rejection } = await bench.send("cluster", { ...command, clusterId, jobId, type: command?.type ?? "" });
      assert.equal(rejection, null);
    };
    const does = async (action: string): Promise<void> => {
      await ask(action);
      await bench.until(`${action} has ended`, () => ended(`j-${action}`));
    };
    /** The outside has no node that the cluster has not, and those run that should. */
    const agrees = async (isComplete: boolean): Promise<void> => {
      let wrong: unknown;
      const isSo = async () => {
        wrong = await compared(isComplete).catch((error: unknown) => error);
        return wrong === undefined;
      };
      if (!(await isSo()) && subject.isGradual) await bench.until("the outside holds what the cluster says", isSo).catch(() => {});
      if (wrong !== undefined) throw wrong;
    };
    const compared = async (isComplete: boolean): Promise<void> => {
      const [{ status }, all, held] = [await cluster(), await nodeIds(), await holds()];
      assert.deepEqual(held.running.toSorted(), status === "active" ? all : [], `${status}: these run`);
      const stray = held.nodes.filter((id) => !all.includes(id));
      assert.deepEqual(stray, [], `${status}: these are nobody's`);
      if (isComplete) assert.deepEqual(held.nodes.toSorted(), status === "ceased" ? [] : all, `${status}: these exist`);
    };
    return {
      ...{ bench, ask, does, agrees, cluster, job, ended },
      with: (other: Tamper) => {
        tamper = other;
      },
    };
  };

  const { actions: able = Object.keys(actions), middle = 3, hanging = { action: "AddClusterNodes", task: "RunInstances" } } = subject;
  for (const [action, { from, ends }] of Object.entries(actions).filter(([each]) => able.includes(each)))
    for (const [course, { tamper, outcome, crashes = false }] of Object.entries(courses).filter(([each]) => only.includes(each)))
      test(`${name}: ${action} ${course}`, async (t) => {
        const { bench, ask, does, agrees, cluster, job, ended, ...suite } = await run(t);
        for (const earlier of from) await does(earlier);
        const { status: before = "pending" } = await cluster();
        let crashed = false;
        suite.with(
          tamper(() => {
            crashed = true;
            bench.crash();
          }, middle),
        );
        await ask(action);
        if (crashes) {
          await bench.until("the provider has crashed", async () => crashed);
          suite.with(async () => {});
          await bench.restart();
        }
        await bench.until(`${action} has ended`, () => ended(`j-${action}`));
        suite.with(async () => {});
        const { status, message, transition_status } = await cluster();
        // Where no task may fail for good, none was refused.
        const isRefused = (await job(`j-${action}`))?.status === "failed";
        if (outcome === "successful") assert.equal(isRefused, false, String(message));
        else if (isRefused) assert.match(String(message), /: no \w+ here$/);
        assert.deepEqual([status, transition_status], [isRefused ? before : ends, ""]);
        await agrees(!isRefused);
        const history = bench.history();
        const asked = history.findLast(({ event }) => event.type === "DeploymentStarted")?.event;
        await bench.send(bench.provider, { ...Object(asked), type: "StartDeployment" });
        assert.equal(bench.history().length, history.length, "the same request again changes nothing");
      });

  test(`${name}: a forced deletion puts any action aside, and nothing is left once the cluster has ceased`, async (t) => {
    const { bench, ask, does, agrees, ended, ...suite } = await run(t);
    await does("CreateCluster");
    let isHanging = false;
    suite.with(async (task, when, signal) => {
      if (when !== "after" || task.action !== hanging.task) return;
      isHanging = true;
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true }));
    });
    await ask(hanging.action);
    await bench.until("the action hangs", async () => isHanging);
    suite.with(async () => {});
    for (const type of ["DeleteCluster", "CeaseCluster"]) {
      await bench.send("cluster", { type, clusterId, jobId: `j-${type}`, force: true });
      await bench.until(`${type} has ended`, () => ended(`j-${type}`));
      // A node whose addition was put aside looks like those of the deleted cluster, until it has ceased.
      await agrees(type === "CeaseCluster");
    }
  });
};
