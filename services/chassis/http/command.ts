import type { Response } from "express";
import { type Actor, badKeyOf, isRejection, type Message, mapOf, type Rejection } from "../../../events/index.ts";
import type { Outcome } from "../../../events/runtime.ts";
import { commandEdge, requestEdge } from "./edge.ts";
import { compact, type Fields, isEmpty, isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { Idempotency } from "./idempotency.ts";
import { type Ids, idsOf } from "./ids.ts";
import { fetchNeeds } from "./needs.ts";
import { positionsText } from "./positions.ts";
import { allOrProblem, isProblem, isRejected, makeProblem, type Problem, problemOf, rejection } from "./problems.ts";
import { readsFor, unscopedReads } from "./reads.ts";
import { idempotencyOf, type Recorded, recordedFor, recordRejection } from "./recorded.ts";
import { actorOf, type CheckedRequest } from "./request.ts";
import { type CommandRow, type Edge, signIns } from "./rows.ts";
import { inTurn } from "./turn.ts";

/** Ids that one request may name: each is a command of its own. */
const MAX_ITEMS = 1_000;
/** Items that are planned or carried out at once. */
const CONCURRENCY = 8;

type CommandRequest = CheckedRequest & {
  readonly row: CommandRow;
  readonly actor: Actor;
  readonly edge: Edge;
  /** Absent without an idempotency key. */
  readonly idempotency: Idempotency | undefined;
};
/** One id of a row with `each`, or the request as a whole. */
type Item = { readonly index: number; readonly id: string; readonly fields: Fields; readonly ids: Ids };
/** What is to be done for an item: commands to carry out, a rejection to record, or nothing beyond what is recorded. */
type Plan = { readonly item: Item } & (Commands | { readonly rejection: Rejection } | { readonly recorded: Recorded });
type Commands = { readonly commands: readonly Message[]; readonly context: object };
/** What was done for an item. An answer is that of an earlier request under the same key. */
type Done = {
  readonly item: Item;
  readonly outcomes: readonly Outcome[];
  readonly problem: Problem | undefined;
  readonly answer?: unknown;
};

/** Answers a command row: plans every item, carries it out, and waits until the service's own read models show what was committed. */
export const runCommand = async (
  host: Host,
  row: CommandRow,
  checked: CheckedRequest,
  response: Response,
): Promise<Problem | undefined> => {
  const { request, caller } = checked;
  const idempotency = caller && idempotencyOf(host, caller.userId, row.operation, request.get("idempotency-key"), checked.fields);
  if (isProblem(idempotency)) return idempotency;
  const { edge, destroyKeys } = commandEdge(host.edge, requestEdge(host.keys, request), idempotency);
  const command: CommandRequest = { ...checked, row, actor: actorOf(caller), edge, idempotency };
  const planned = await plansFor(host, command);
  if (isProblem(planned)) return planned;
  const finish = async () => {
    const plans = await judged(host, command, planned);
    return isProblem(plans) ? plans : carryOutAll(host, command, plans, response, destroyKeys);
  };
  const commands = planned.flatMap((plan) => ("commands" in plan ? plan.commands : []));
  return commands.some((command) => row.guard?.inTurn(command as never)) ? inTurn(host, finish) : finish(); // See `judged`.
};

const carryOutAll = async (
  host: Host,
  command: CommandRequest,
  plans: readonly Plan[],
  response: Response,
  destroyKeys: () => Promise<unknown>,
): Promise<Problem | undefined> => {
  const answer = answerOf(command, plans);
  const carryOutSome = async (some: readonly Plan[]) =>
    allOrProblem(await mapOf(some, CONCURRENCY, (plan) => carryOut(host, command, plan, answer)));
  // The first item goes alone: it finds out whether the key was used before, and the answer to the whole request is kept with it.
  const first = await carryOutSome(plans.slice(0, 1));
  if (isProblem(first)) return first;
  const others = await carryOutSome(plans.slice(1));
  if (isProblem(others)) return others;

  const done = [...first, ...others];
  for (const each of done) report(host, command, each);
  const outcomes = done.flatMap((each) => each.outcomes);
  const position = positionsText(outcomes.filter(({ version }) => version > 0));
  if (position) response.set("Pitrix-Position", position);
  if (!(await areShown(host, outcomes))) response.set("Pitrix-Pending", "true");
  const problem = problemIn(command.row, done);
  if (!problem) return void response.json(compact(first[0]?.answer ?? answer ?? {}));
  const isUnused = outcomes.every(({ repeated, commit }) => !repeated && commit === null);
  if (isUnused)
    await destroyKeys().catch((error: unknown) =>
      host.logger.warn({ error, correlationId: command.requestId }, "the keys of a rejected request's secrets were not destroyed"),
    );
  return problem;
};

/** What is to be done for each item of a request. Nothing is committed yet. */
export const plansFor = async (host: Host, command: CommandRequest): Promise<readonly Plan[] | Problem> => {
  const items = itemsOf(host, command);
  return isProblem(items) ? items : allOrProblem(await mapOf(items, CONCURRENCY, (item) => planFor(host, command, item)));
};

/** The items of a request, each id once. */
const itemsOf = ({ edge: { random } }: Host, { row: { each }, fields, idempotency }: CommandRequest): readonly Item[] | Problem => {
  const source = idempotency?.bytes ?? (() => random(64));
  if (each === undefined) return [{ index: 0, id: "", fields, ids: idsOf(source, "") }];
  const given: unknown = fields[each];
  const list = Array.isArray(given) ? [...new Set(given.map(String).filter(Boolean))] : given === undefined ? [] : [String(given)];
  if (list.length > MAX_ITEMS) return makeProblem("illegal_parameter_format", each, { cause: `more than ${MAX_ITEMS} at once` });
  return list.map((id, index) => ({ index, id, fields: { ...fields, [each]: Array.isArray(given) ? [id] : id }, ids: idsOf(source, id) }));
};

/** From an item to its commands. A problem here says "not now", and is never recorded. */
const planFor = async (host: Host, request: CommandRequest, item: Item): Promise<Plan | Problem> => {
  const { row, caller, actor, edge, idempotency } = request;
  const fields = item.fields as never; // The validator has checked them against the operation that types the row; so below.
  const prepare = row.prepareIf === undefined || !isEmpty(item.fields[row.prepareIf]) ? row.prepare : undefined;
  // What `prepare` leaves behind, or computes slowly, is not made twice. For all other requests the commit finds out that the key was used.
  const recorded = prepare && idempotency && (await recordedFor(host, idempotency, item.index));
  if (recorded?.isFinal) return { item, recorded };
  const needs = await fetchNeeds(host, row.needs?.(fields, item.id) ?? {}, caller);
  if (isProblem(needs)) return needs;
  if (isRejected(needs)) return { item, rejection: needs };
  const context = { actor, now: host.ports.clock.now(), item: item.id, needs };
  const { collections } = host.instance;
  const reads = () => ({
    ...readsFor(collections, host.ports.documents, caller, Object.values(needs).filter(isFields)),
    ...(signIns.some((each) => each === row.operation) && { unscoped: unscopedReads(collections, host.ports.documents) }),
  });
  const prepared =
    prepare && (await prepare(fields, { ...reads(), ...context, newId: item.ids.reading(), edge, outside: host.outside } as never));
  if (isProblem(prepared)) return prepared;
  if (isRejected(prepared)) return { item, rejection: prepared };
  const given = { ...context, prepared, actionId: item.ids.actionId };
  const result = row.command(fields, { ...given, newId: item.ids.reading() } as never);
  const commands = "type" in result ? [result] : result;
  if (isRejection(commands)) return { item, rejection: commands };
  const unusable = unusableId(host, commands, item);
  return unusable ? { item, rejection: unusable } : { item, commands, context: given };
};

/** The plans, with the guard's rejections in the place of commands. */
export const judged = async (
  host: Host,
  { row: { guard }, caller, actor }: CommandRequest,
  plans: readonly Plan[],
): Promise<readonly Plan[] | Problem> => {
  const { outside } = host;
  const judge = async (plan: Plan): Promise<Plan | Problem> => {
    const context = { ...readsFor(host.instance.collections, host.ports.documents, caller), actor, now: host.ports.clock.now(), outside };
    for (const command of guard && "commands" in plan ? plan.commands : []) {
      const foresee = () => host.instance.foresee(command);
      const rejection = await guard?.judge(command as never, { ...context, foresee } as never); // The row's maker tied the guard to the service's commands.
      if (isProblem(rejection)) return rejection;
      if (rejection) return { item: plan.item, rejection };
    }
    return plan;
  };
  return allOrProblem(await mapOf(plans, CONCURRENCY, judge));
};

/** A rejection of an id that the client chose and that no stream can have. */
const unusableId = ({ instance }: Host, commands: readonly Message[], { fields }: Item): Rejection | undefined => {
  for (const command of commands) {
    const key = badKeyOf(instance.service, command);
    if (key === undefined) continue;
    const value: unknown = Reflect.get(command, key);
    const [parameter = key] = Object.entries(fields).find(([, given]) => [given].flat().includes(value)) ?? [];
    return rejection("invalid", "illegal_parameter_format", parameter);
  }
  return undefined;
};

/** The answer to the whole request. It is made before anything is carried out, since it is kept with the first commit. */
const answerOf = ({ row, fields }: CommandRequest, plans: readonly Plan[]): unknown => {
  const planned = plans.flatMap((plan) => ("commands" in plan ? [plan] : []));
  const [first] = planned;
  if (!first) return undefined;
  const commands = planned.flatMap((plan) => plan.commands);
  return row.answer(commands as never, { ...first.context, newId: first.item.ids.reading() } as never, fields as never);
};

const carryOut = async (host: Host, request: CommandRequest, plan: Plan, answer: unknown): Promise<Done | Problem> => {
  if ("recorded" in plan) return doneBefore(plan.item, plan.recorded);
  if ("commands" in plan) return execute(host, request, plan, answer);
  const { item, rejection } = plan;
  const { row, idempotency } = request;
  const isFirst = !idempotency || (await recordRejection(host, row.operation, { ...request, idempotency }, item.index, rejection));
  const recorded = isFirst ? undefined : await recordedFor(host, idempotency, item.index);
  return recorded ? doneBefore(item, recorded) : { item, outcomes: [], problem: problemOf(rejection) };
};

const execute = async (host: Host, request: CommandRequest, plan: Plan & Commands, answer: unknown): Promise<Done | Problem> => {
  const { item, commands } = plan;
  const { row, idempotency, actor, requestId, traceparent } = request;
  const outcomes: Outcome[] = [];
  let earlier: Recorded | undefined;
  for (const [nth, command] of commands.entries()) {
    const fingerprint = idempotency?.note(commands.length, item.index === 0 && nth === 0 ? answer : null);
    const outcome = await host.instance.execute(command, {
      cause: idempotency?.causeOf(item.index, nth) ?? null,
      row: row.operation,
      actor,
      correlationId: requestId,
      causationId: null,
      actionId: item.ids.startedAction(),
      traceparent,
      hops: 0,
      ...(fingerprint !== undefined && { fingerprint }),
    });
    if (outcome.repeated && nth === 0 && idempotency) earlier = await recordedFor(host, idempotency, item.index);
    // One that broke off between two commands is finished here.
    if (earlier?.isFinal) return doneBefore(item, earlier);
    outcomes.push(outcome);
    if (outcome.rejection) break;
  }
  return doneWith(item, outcomes, earlier?.answer);
};

const doneBefore = (item: Item, { isSameRequest, outcomes, answer }: Recorded): Done | Problem =>
  isSameRequest ? doneWith(item, outcomes, answer) : makeProblem("idempotency_key_reused");

const doneWith = (item: Item, outcomes: readonly Outcome[], answer: unknown): Done => {
  const rejected = outcomes.at(-1)?.rejection;
  return { item, outcomes, problem: rejected ? problemOf(rejected) : undefined, answer };
};

/** Counts what was done, and logs a rejection: a later question why something did not happen is answered by the request's id. */
const report = ({ metrics, logger }: Host, { row: { operation }, requestId, actor }: CommandRequest, { item, problem }: Done): void => {
  metrics.commands.inc({ operation, outcome: problem ? problem.name : "done" });
  if (!problem) return;
  const actionId = item.ids.startedAction();
  const about = { correlationId: requestId, ...(actionId !== null && { actionId }), operation, actor: actor.userId };
  logger.info({ ...about, problem: problem.name, reason: problem.message }, "a command was rejected");
};

/** Of several items with problems the first one's, whose cause lists them all. */
const problemIn = ({ each }: CommandRow, done: readonly Done[]): Problem | undefined => {
  const failed = done.filter(({ problem }) => problem !== undefined);
  const first = failed[0]?.problem;
  if (!first || each === undefined) return first;
  return { ...first, cause: failed.map(({ item, problem }) => `${item.id}: ${problem?.message}`).join("; ") };
};

/** Whether the service's own read models show what was committed, within the time that a request waits. */
const areShown = async (host: Host, outcomes: readonly Outcome[]): Promise<boolean> => {
  const shown = await Promise.all(
    outcomes.map(({ commit, stream, version }) => {
      if (commit) return host.instance.settled(commit, host.wait);
      return version === 0 || host.instance.seen(stream, version, host.wait);
    }),
  );
  return shown.every(Boolean);
};
