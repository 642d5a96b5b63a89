import { eachOf } from "../../../events/concurrency.ts";
import { isRejection, type Rejection } from "../../../events/decider.ts";
import type { CommandRow, Edge, Reads } from "../../../events/http.ts";
import type { Actor, Message } from "../../../events/message.ts";
import type { Outcome } from "../../../events/store/execute.ts";
import type { Caller } from "../access.ts";
import { ofRejection, type Refusal, Refused, refusals } from "./errors.ts";
import type { Host } from "./host.ts";
import type { Idempotency } from "./idempotency.ts";
import { type IdSource, type Ids, idsOf } from "./ids.ts";
import { fetchNeeds } from "./needs.ts";
import { type Position, positionsText } from "./positions.ts";
import { readsFor } from "./reads.ts";
import { receiptOf } from "./receipts.ts";
import { type Fields, isFields } from "./requests.ts";

/** One request of a command row. */
export type CommandRequest = {
  readonly fields: Fields;
  readonly caller: Caller | undefined;
  readonly actor: Actor;
  readonly edge: Edge;
  readonly requestId: string;
  readonly traceparent: string | null;
  readonly idempotency: Idempotency | undefined;
  readonly randomBytes: (bytes: number) => Uint8Array;
};
/** `fresh`: nothing was committed for it, now or before, so what was prepared for it is of no use to anybody. */
export type CommandAnswer = {
  readonly body: unknown;
  readonly refusal: Refusal | undefined;
  readonly position: string;
  readonly pending: boolean;
  readonly fresh: boolean;
};

/** One id of `each`, or the request as a whole, on its way from request to outcome. */
type Item = { readonly index: number; readonly id: string; readonly fields: Fields; readonly ids: Ids };
type Planned = { readonly item: Item; readonly messages: readonly Message[]; readonly context: object };
type Done = { readonly item: Item; readonly outcomes: readonly Outcome[]; readonly refusal: Refusal | undefined };

const AT_ONCE = 8;

/** Carries out a command row: every item is recorded, or planned and executed; then the service's own read models are waited for. */
export const runCommand = async (host: Host, row: CommandRow, request: CommandRequest): Promise<CommandAnswer> => {
  const items = itemsOf(row, request);
  const done = new Map<Item, Done>();
  const planned: Planned[] = [];
  const kept = await answerKept(host, request);
  await eachOf(items, AT_ONCE, async (item) => {
    const before = await recordedFor(host, request, item);
    if (before) done.set(item, before);
    else {
      const plan = await planFor(host, row, request, item);
      if ("refusal" in plan) done.set(item, plan);
      else planned.push(plan);
    }
  });
  planned.sort((a, b) => a.item.index - b.item.index);
  // Before anything is executed, since what is answered is kept with the first commit.
  const answer = kept === undefined && planned.length > 0 ? answerOf(row, request, planned) : kept;
  await eachOf(planned, AT_ONCE, async (plan) => void done.set(plan.item, await execute(host, row, request, plan, answer)));

  const all = items.flatMap((item) => done.get(item) ?? []);
  const refused = all.filter(({ refusal }) => refusal !== undefined);
  const outcomes = all.flatMap((each) => each.outcomes);
  for (const { refusal } of all) host.metrics.commands.inc({ operation: row.operation, outcome: refusal ? refusal.name : "done" });
  return {
    body: answer ?? {},
    refusal: refusalOf(row, refused),
    position: positionsText(outcomes.filter(({ version }) => version > 0)),
    pending: !(await settled(host, outcomes)),
    fresh: outcomes.every(({ repeated, commit }) => !repeated && commit === null),
  };
};

const itemsOf = ({ each }: CommandRow, { fields, idempotency, randomBytes }: CommandRequest): readonly Item[] => {
  const source: IdSource = idempotency?.bytes ?? (() => randomBytes(64));
  const given: unknown = each === undefined ? undefined : fields[each];
  const list = Array.isArray(given) ? [...new Set(given.map(String).filter(Boolean))] : given === undefined ? [] : [String(given)];
  if (each === undefined) return [{ index: 0, id: "", fields, ids: idsOf(source, "") }];
  return list.map((id, index) => ({ index, id, fields: { ...fields, [each]: Array.isArray(given) ? [id] : id }, ids: idsOf(source, id) }));
};

/** The answer that an earlier request with the same key got. Refuses another request under that key. */
const answerKept = async (host: Host, { idempotency }: CommandRequest): Promise<unknown> => {
  if (!idempotency) return undefined;
  const first = await host.instance.recorded(idempotency.causeOf(0, 0));
  const note = idempotency.read(first?.fingerprint ?? null);
  if (note && !note.request) throw new Refused(refusals.keyReused());
  return note?.answer ?? undefined;
};

/** What an earlier request with the same key came to, if it came to an end. */
const recordedFor = async (host: Host, { idempotency }: CommandRequest, item: Item): Promise<Done | undefined> => {
  if (!idempotency) return undefined;
  const first = await host.instance.recorded(idempotency.causeOf(item.index, 0));
  if (!first) return undefined;
  const outcomes: Outcome[] = [first];
  const { messages = 1 } = idempotency.read(first.fingerprint) ?? {};
  for (let nth = 1; nth < messages && !outcomes.at(-1)?.rejection; nth++) {
    const next = await host.instance.recorded(idempotency.causeOf(item.index, nth));
    if (!next) return undefined;
    outcomes.push(next);
  }
  const rejection = outcomes.at(-1)?.rejection;
  return { item, outcomes, refusal: rejection ? ofRejection(rejection) : undefined };
};

/** From the request to the commands, or to a refusal before any. */
const planFor = async (host: Host, row: CommandRow, request: CommandRequest, item: Item): Promise<Planned | Done> => {
  const { caller, actor, edge } = request;
  const fields = item.fields as never; // The validator has checked it against the operation that the row is typed by; so below.
  try {
    const needs = await fetchNeeds(host, row.needs?.(fields, item.id) ?? {}, caller);
    const found = { needs, item: item.id } as never;
    const reads: unknown = readsFor(host.models, host.ports.documents, caller);
    const prepared = await row.prepare?.(fields, edge, reads as Reads<never>, actor, found);
    if (isRefused(prepared)) return await refusedBefore(host, row, request, item, prepared);
    const context = { actor, item: item.id, needs, prepared, actionId: item.ids.actionId };
    const result = row.command(fields, { ...context, newId: item.ids.reading() } as never);
    const decided: readonly Message[] | Rejection = "type" in result ? [result] : result;
    if (isRejection(decided)) return await refusedBefore(host, row, request, item, decided);
    return { item, messages: decided, context };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { item, outcomes: [], refusal: error.refusal };
  }
};

/** A "no" that no decider gave is recorded all the same: under its key it stays the answer. */
const refusedBefore = async (host: Host, row: CommandRow, request: CommandRequest, item: Item, rejection: Rejection): Promise<Done> => {
  const { idempotency } = request;
  if (idempotency) {
    const cause = idempotency.causeOf(item.index, 0);
    await host.ports.store.append(receiptOf(cause, rejection, idempotency.note(1, null), row.operation, request, host.ports.clock.now()));
    const recorded = await recordedFor(host, request, item);
    if (recorded) return recorded;
  }
  return { item, outcomes: [], refusal: ofRejection(rejection) };
};

const answerOf = (row: CommandRow, { fields }: CommandRequest, planned: readonly Planned[]): unknown => {
  const [first] = planned;
  if (!first) return undefined;
  const commands = planned.flatMap(({ messages }) => messages);
  return row.answer(commands as never, { ...first.context, newId: first.item.ids.reading() } as never, fields as never); // As above.
};

const execute = async (
  host: Host,
  row: CommandRow,
  request: CommandRequest,
  { item, messages }: Planned,
  answer: unknown,
): Promise<Done> => {
  const { idempotency, actor, requestId, traceparent } = request;
  const outcomes: Outcome[] = [];
  for (const [nth, message] of messages.entries()) {
    const cause = idempotency?.causeOf(item.index, nth) ?? null;
    const fingerprint = idempotency?.note(messages.length, item.index === 0 && nth === 0 ? answer : null);
    const outcome = await host.instance.execute(message, {
      cause,
      row: row.operation,
      actor,
      correlationId: requestId,
      causationId: null,
      actionId: item.ids.startedAction(),
      traceparent,
      hops: 0,
      ...(fingerprint !== undefined && { fingerprint }),
    });
    // Somebody used the key at the same moment.
    if (outcome.repeated) await answerKept(host, request);
    outcomes.push(outcome);
    if (outcome.rejection) return { item, outcomes, refusal: ofRejection(outcome.rejection) };
  }
  return { item, outcomes, refusal: undefined };
};

/** Of several refused ids the first one's error, whose cause lists them all. */
const refusalOf = ({ each }: CommandRow, refused: readonly Done[]): Refusal | undefined => {
  const first = refused[0]?.refusal;
  if (!first || each === undefined) return first;
  return { ...first, cause: refused.map(({ item, refusal }) => `${item.id}: ${refusal?.message}`).join("; ") };
};

const settled = async (host: Host, outcomes: readonly Outcome[]): Promise<boolean> => {
  const waits = await Promise.all(
    outcomes.map(({ commit, stream, version }: Outcome & Position) => {
      if (commit) return host.instance.settled(commit, host.wait);
      return version === 0 ? true : host.instance.seen(stream, version, host.wait);
    }),
  );
  return waits.every(Boolean);
};

const isRefused = (value: unknown): value is Rejection => isFields(value) && typeof value.rejected === "string";
