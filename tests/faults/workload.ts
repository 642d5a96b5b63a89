import { setTimeout as pause } from "node:timers/promises";
import type { Answered, FaultClient } from "./client.ts";
import type { History } from "./history.ts";
import { POISON } from "./poison.ts";
import { type Chance, chance } from "./random.ts";
import { APP, VERSION } from "./seeding.ts";

export type WorkloadOptions = {
  readonly client: FaultClient;
  readonly history: History;
  readonly commands: number;
  readonly seed: number;
  /** How many ask at the same time; each is the only one to touch its own things. */
  readonly people?: number;
  /** How many clusters a person may have. */
  readonly clusters?: number;
  /** Share of the changed credentials that get a name which a poisoned fold cannot take. */
  readonly poison?: () => number;
  /** Until then people go on, also beyond the number of commands. */
  readonly enough: () => boolean;
  readonly signal: AbortSignal;
};
export type Workload = {
  readonly done: () => number;
  readonly poisoned: () => number;
  /** Lets nobody begin anything, and resolves when everybody has their answer; the result lets them go on. */
  readonly hold: () => Promise<() => void>;
  readonly over: Promise<void>;
};

/** Many people change their own things, one command after the other, and look at times whether what they were told is so. */
export const startWorkload = (options: WorkloadOptions): Workload => {
  const { client, commands, seed, people = 12, enough, signal } = options;
  let given = 0;
  let done = 0;
  let poisoned = 0;
  let asking = 0;
  let held: Promise<void> | undefined;
  const person = async (process: number): Promise<void> => {
    const random = chance(seed * 7_919 + process);
    const things = belongings(options, process, random, () => {
      poisoned++;
    });
    // When nobody gets an answer any more, the verdict is clear.
    while ((given < commands || !enough()) && !signal.aborted && client.counts.gaveUp < people) {
      await held;
      given++;
      asking++;
      await things.next(`${seed}-${process}-${given}`);
      asking--;
      done++;
    }
  };
  return {
    done: () => done,
    poisoned: () => poisoned,
    hold: async () => {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = () => {
          held = undefined;
          resolve();
        };
      });
      while (asking > 0) await pause(20);
      return release;
    },
    over: Promise.all(Array.from({ length: people }, (_, process) => person(process))).then(() => {}),
  };
};

type Thing = { readonly id: string; name: string; position: string };

/** What one person has, and what may be done with it next. */
const belongings = (
  { client, history, clusters: most = 1, poison = () => 0 }: WorkloadOptions,
  process: number,
  random: Chance,
  onPoison: () => void,
) => {
  const groups: Thing[] = [];
  const clusters: (Thing & { stopped: boolean })[] = [];
  let credential: Thing | undefined;
  let runtime: Thing | undefined;
  const { command, read } = client;

  const idIn = (answer: Answered | undefined, field: string): string | undefined => {
    const id = answer && answer.status < 400 ? answer.body[field] : undefined;
    return typeof id === "string" ? id : undefined;
  };
  const created = async (
    key: string,
    operation: Parameters<typeof command>[1],
    field: string,
    body: object,
  ): Promise<Thing | undefined> => {
    const name = `${operation} ${key}`;
    const answer = await command(process, operation, { name, ...body }, key);
    const id = idIn(answer, field);
    return id === undefined ? undefined : { id, name, position: answer?.position ?? "" };
  };

  const look = async (thing: Thing, operation: Parameters<typeof read>[0], field: string, set: string): Promise<void> => {
    if (thing.position === "") return;
    const answer = await read(operation, { [field]: thing.id }, thing.position);
    if (!answer) return;
    const found = String(answer[set]?.[0]?.name);
    if (found !== thing.name) history.note({ type: "read", process, about: `${operation} ${thing.id}`, wanted: thing.name, found });
  };

  const renamed = async (
    key: string,
    thing: Thing,
    operation: Parameters<typeof command>[1],
    field: string,
    describe: Parameters<typeof read>[0],
    set: string,
    given = `${operation} ${key}`,
  ): Promise<void> => {
    const body = { [field]: thing.id, name: given };
    const twice = random.happens(0.03);
    // The same command from two connections at once: one of them is the repeat.
    const [answer] = await Promise.all([
      command(process, operation, body, key),
      ...(twice ? [command(process, operation, body, key)] : []),
    ]);
    if (answer && answer.status < 400) {
      thing.name = given;
      thing.position = answer.position;
    }
    if (poison() === 0 && random.happens(0.05)) await look(thing, describe, field, set);
    // Much later the same key again: the same answer, and nothing done.
    if (random.happens(0.02)) await command(process, operation, body, key);
  };

  const cluster = async (key: string): Promise<void> => {
    if (clusters.length < most && runtime) {
      const answer = await command(process, "CreateCluster", { app_id: APP, version_id: VERSION, runtime_id: runtime.id, conf: "{}" }, key);
      const id = idIn(answer, "cluster_id");
      if (id !== undefined) clusters.push({ id, name: "", position: answer?.position ?? "", stopped: false });
      return;
    }
    const one = clusters[random.below(clusters.length)];
    if (!one) return;
    const answer = await command(process, one.stopped ? "StartClusters" : "StopClusters", { cluster_id: [one.id] }, key);
    if (answer && answer.status < 400) one.stopped = !one.stopped;
  };

  const next = async (key: string): Promise<void> => {
    if (!credential) {
      const content = JSON.stringify({ token: `token of ${process}` });
      credential = await created(key, "CreateRuntimeCredential", "runtime_credential_id", {
        provider: "local",
        runtime_credential_content: content,
      });
      return;
    }
    if (!runtime) {
      const body = { provider: "local", zone: "local", runtime_credential_id: credential.id };
      runtime = await created(key, "CreateRuntime", "runtime_id", body);
      return;
    }
    const draw = random.next();
    if (groups.length === 0 || draw < 0.06) {
      const group = await created(key, "CreateGroup", "group_id", {});
      if (group) groups.push(group);
      return;
    }
    const group = groups[random.below(groups.length)];
    if (draw < 0.12) return cluster(key);
    if (draw < 0.38 && group) return renamed(key, group, "ModifyGroup", "group_id", "DescribeGroups", "group_set");
    if (draw < 0.66) return renamed(key, runtime, "ModifyRuntime", "runtime_id", "DescribeRuntimes", "runtime_set");
    const bad = random.happens(poison());
    const name = `${bad ? POISON : "credential"} ${key}`;
    const field = "runtime_credential_id";
    await renamed(key, credential, "ModifyRuntimeCredential", field, "DescribeRuntimeCredentials", "runtime_credential_set", name);
    if (!bad) return;
    onPoison();
    // What waits behind the poison; then another credential and another runtime.
    await renamed(`${key}-behind`, credential, "ModifyRuntimeCredential", field, "DescribeRuntimeCredentials", "runtime_credential_set");
    credential = undefined;
    runtime = undefined;
  };

  return { next };
};
