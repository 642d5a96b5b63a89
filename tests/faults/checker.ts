import { createHash } from "node:crypto";
import type { MemoryDatabase } from "../../events/memory/database.ts";
import type { Commit } from "../../events/ports.ts";
import type { Service } from "../../events/service.ts";
import type { Evidence, Violation } from "../../events/simulation/check/evidence.ts";
import { checkLog } from "../../events/simulation/check/log.ts";
import { checkReactions } from "../../events/simulation/check/reactions.ts";
import { checkRest } from "../../events/simulation/check/rest.ts";
import { checkStreams } from "../../events/simulation/check/streams.ts";
import { collectionOf } from "../../events/subscription/projections.ts";
import type { Contents } from "./evidence.ts";
import type { Line } from "./history.ts";
import type { Call } from "./ledger.ts";
import { canonical, factsOf, hashOf, rebuild } from "./models.ts";

/** All that a fault run leaves behind. */
export type Traces = {
  readonly services: readonly Service[];
  readonly history: readonly Line[];
  readonly contents: Contents;
  readonly databases: ReadonlyMap<string, MemoryDatabase>;
  readonly calls: readonly Call[];
};

/** Which promise was broken: the columns of the table of results. */
export type Column = "lost" | "duplicated" | "divergent" | "disordered" | "refused wrongly" | "unfinished";
export type Finding = Violation & { readonly column: Column };

/** Holds what a run left behind against the promises. Pure: the same traces, the same verdict. */
export const judge = (traces: Traces): readonly Finding[] => [
  ...checkCommands(traces),
  ...checkCalls(traces),
  ...checkModels(traces),
  ...checkBackbone(traces),
];

/** The inbox key that the platform derives from who asked, what, and under which key. */
export const causeOf = (principal: string, operation: string, key: string): string =>
  `${createHash("sha256")
    .update(JSON.stringify([principal, operation, key]))
    .digest("base64url")}/0`;

/** Whatever was answered is recorded once, as it was answered; one key has one answer; a thing's commands keep the order in which they were answered. */
const checkCommands = function* ({ history, databases }: Traces): Generator<Finding> {
  const asked = new Map<number, { readonly operation: string; readonly key: string; readonly cause: string; readonly time: number }>();
  const answers = new Map<string, { readonly status: number; readonly body: string; readonly position: string }>();
  const lasts = new Map<string, { readonly time: number; readonly version: number }[]>();
  for (const line of history) {
    const about = "number" in line ? (asked.get(line.number) ?? { operation: "?", key: "?", cause: "", time: 0 }) : undefined;
    const found = (column: Column, rule: string, message: string): Finding => ({ column, rule, about: about?.key ?? "", message });
    switch (line.type) {
      case "invoke":
        asked.set(line.number, { ...line, cause: causeOf(line.principal, line.operation, line.key) });
        break;
      case "info":
        if (line.status === 500)
          yield found("refused wrongly", "an outage is told as one", `${about?.operation} was answered 500: ${line.text}`);
        if (line.status === 503 && !line.retryAfter)
          yield found(
            "refused wrongly",
            "an outage is told as one",
            `${about?.operation} was answered 503 without Retry-After: ${line.text}`,
          );
        break;
      case "gave up":
        yield found("unfinished", "every command is answered in the end", `${about?.operation} ${about?.key} never was`);
        break;
      case "read":
        yield {
          ...{ column: "divergent", rule: "who was told that something is done sees it done", about: line.about },
          message: `${line.about} is called ${line.found} and not ${line.wanted}, to which its owner had renamed it`,
        };
        break;
      case "ok":
      case "fail": {
        if (!about) break;
        const { cause, operation, key, time } = about;
        if (line.status === 404 && !needsOthers.has(operation))
          yield found("refused wrongly", "what was acknowledged is not denied", `${operation} ${key} was answered: ${line.body}`);
        const commits = commitsOf(databases, cause);
        if (commits.length === 0)
          yield found(
            "lost",
            "an answered command is recorded",
            `${operation} ${key} was answered ${line.status}, and nothing is recorded for it`,
          );
        if (commits.length > 1)
          yield found("duplicated", "a key has one decision", `${operation} ${key} was decided ${commits.length} times`);
        const [commit] = commits;
        const before = answers.get(cause);
        answers.set(cause, line);
        if (before && (before.status !== line.status || before.body !== line.body))
          yield found(
            "duplicated",
            "a key has one answer",
            `${operation} ${key} was answered ${before.status} ${before.body} and ${line.status} ${line.body}`,
          );
        if (commit && line.type === "ok" && commit.events.length > 0 && line.position !== `${commit.stream}@${lastOf(commit)}`)
          yield found(
            "lost",
            "an answer names what was committed",
            `${operation} ${key} was answered at ${line.position}, but ${commit.stream}@${lastOf(commit)} is committed`,
          );
        if (commit && commit.rejection !== null && line.type === "ok")
          yield found(
            "lost",
            "an answer says what was decided",
            `${operation} ${key} was answered ${line.status}, but refused: ${commit.rejection.rejected}`,
          );
        if (!commit || commit.events.length === 0 || before) break;
        const earlier = (lasts.get(commit.stream) ?? []).find((each) => each.time < time && each.version > commit.version);
        if (earlier)
          yield found(
            "disordered",
            "commands keep the order in which they were answered",
            `${operation} ${key} stands at ${commit.stream}@${commit.version}, before ${earlier.version}, which had been answered when it was asked`,
          );
        lasts.set(commit.stream, [...(lasts.get(commit.stream) ?? []).slice(-20), { time: line.time, version: commit.version }]);
        break;
      }
    }
  }
};

/** What these need may not have reached their service yet; everybody else asks about a thing whose own service has acknowledged it. */
const needsOthers = new Set(["CreateCluster"]);

const lastOf = ({ version, events }: Commit): number => version + events.length - 1;

const byCause = new WeakMap<MemoryDatabase, Map<string, Commit[]>>();
const commitsOf = (databases: Traces["databases"], cause: string): readonly Commit[] =>
  [...databases.values()].flatMap((database) => {
    let found = byCause.get(database);
    if (!found) {
      found = new Map();
      for (const commit of database.commits.values())
        if (commit.cause !== null) found.set(commit.cause, [...(found.get(commit.cause) ?? []), commit]);
      byCause.set(database, found);
    }
    return found.get(cause) ?? [];
  });

/** A task is called out under one key; it was called out if it succeeded, and never by a life that began when it was over. */
const checkCalls = function* ({ calls, contents }: Traces): Generator<Finding> {
  const ended = new Map<string, number>();
  for (const { event, meta } of factsOf(contents)) {
    if (event.type !== "TaskSucceeded") continue;
    const task = String(Reflect.get(event, "taskId"));
    if (ended.has(task)) yield duplicate(meta.stream, `${task} succeeded twice`);
    ended.set(task, Date.parse(meta.time));
  }
  const called = new Set(calls.map(({ key }) => key));
  for (const task of ended.keys())
    if (!called.has(task))
      yield { column: "lost", rule: "what is said to be done was done", about: task, message: `nobody has called ${task} out` };
  const created = new Map<string, string>();
  for (const { key, node, action, life } of calls) {
    const over = ended.get(key);
    const born = Number(life.split("-").at(-1));
    // A second, because a decision's time is from before its commit.
    if (over !== undefined && born > over + 1_000)
      yield duplicate(key, `${key} was called out by a life that began ${born - over} ms after it was over`);
    if (action !== "RunInstances") continue;
    const other = created.get(node);
    if (other !== undefined && other !== key) yield duplicate(node, `${node} was made twice, by ${other} and by ${key}`);
    created.set(node, key);
  }
};

const duplicate = (about: string, message: string): Finding => ({ column: "duplicated", rule: "no effect twice", about, message });

/** Every read model has the bytes of a full rebuild. */
const checkModels = function* ({ services, databases, contents }: Traces): Generator<Finding> {
  const facts = factsOf(contents);
  for (const { name, projections = [] } of services)
    for (const projection of projections) {
      const collection = collectionOf(projection);
      const fresh = rebuild(projection, facts);
      const stored = databases.get(name)?.models.get(collection) ?? new Map();
      if (hashOf(fresh) === hashOf(stored)) continue;
      for (const id of new Set([...fresh.keys(), ...stored.keys()])) {
        const [live, rebuilt] = [stored.get(id), fresh.get(id)].map((document) => (document ? canonical(document) : "nothing"));
        if (live !== rebuilt)
          yield {
            ...{ column: "divergent", rule: "read models equal a full rebuild", about: rebuiltStream(fresh.get(id) ?? stored.get(id)) },
            message: `${name}'s ${collection} has of ${id} ${live}, a rebuild makes ${rebuilt}`,
          };
      }
    }
};

const rebuiltStream = (document: { readonly stream: string } | undefined): string => document?.stream ?? "";

const columns: { readonly [rule: string]: Column } = {
  "the log is complete": "lost",
  "the log says what the store says": "lost",
  "reactions are complete": "lost",
  "an event id means one event": "duplicated",
  "a claim has one holder": "duplicated",
  "decisions follow from state and command alone": "duplicated",
  "first occurrences on the log are in order": "disordered",
  "streams are in order and without a gap": "disordered",
  "no due mark is left": "unfinished",
  "what was begun has ended": "unfinished",
};

/** The checks that the simulation has of the backbone, on what a real broker and a real store have. */
const checkBackbone = function* ({ services, databases, contents }: Traces): Generator<Finding> {
  const evidence: Evidence = {
    ...{ services, databases, contents, commits: [], exchanges: [], ledger: [], attempts: [] },
    ...{ bad: () => false, finishes: () => undefined },
  };
  const parked = [...databases].flatMap(([service, { parked }]) => [...parked.values()].map((each) => ({ service, ...each })));
  for (const { service, subscription, eventId, stream, reason } of parked)
    yield {
      column: "divergent",
      rule: "nothing is parked",
      about: stream,
      message: `${service}'s ${subscription} has parked ${eventId}: ${reason}`,
    };
  for (const violations of [checkStreams(evidence), checkLog(evidence), checkReactions(evidence), checkRest(evidence, resting)])
    for (const violation of violations) yield { ...violation, column: columns[violation.rule] ?? "divergent" };
};

/** A cluster or a deployment in the middle of an action. */
const resting = (stream: string, state: unknown): string | undefined => {
  if (typeof state !== "object" || state === null) return undefined;
  const action: unknown = Reflect.get(state, "action");
  if (stream.startsWith("cluster/") && action)
    return `its action ${JSON.stringify(Reflect.get(Object(action), "requested"))} has not ended`;
  const current: unknown = Reflect.get(state, "current");
  if (stream.startsWith("localDeployment/") && current && !Reflect.get(Object(current), "over")) return "its deployment has not ended";
  return undefined;
};

/** How many of a kind. */
export const tally = (findings: readonly Finding[]): { readonly [column in Column]: number } => {
  const sums = { lost: 0, duplicated: 0, divergent: 0, disordered: 0, "refused wrongly": 0, unfinished: 0 };
  for (const { column } of findings) sums[column]++;
  return sums;
};
