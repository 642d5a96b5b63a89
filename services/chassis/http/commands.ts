import { eachOf } from "../../../events/index.ts";
import type { Outcome } from "../../../events/runtime.ts";
import { ofRejection, type Refusal } from "./errors.ts";
import type { Host } from "./host.ts";
import { type CommandRequest, type Done, type Item, itemsOf, type Planned } from "./items.ts";
import { planFor } from "./planning.ts";
import { type Position, positionsText } from "./positions.ts";
import { answerKept, recordedFor, unlessRecorded } from "./recorded.ts";
import type { CommandRow } from "./rows.ts";

/** `fresh`: nothing was committed for it, now or before, so what was prepared for it is of no use to anybody. */
export type CommandAnswer = {
  readonly body: unknown;
  readonly refusal: Refusal | undefined;
  readonly position: string;
  readonly pending: boolean;
  readonly fresh: boolean;
};

const AT_ONCE = 8;

/** Carries out a command row: every item is recorded, or planned and executed; then the service's own read models are waited for. */
export const runCommand = async (host: Host, row: CommandRow, request: CommandRequest): Promise<CommandAnswer> => {
  const items = itemsOf(row, request);
  const done = new Map<Item, Done>();
  const planned: Planned[] = [];
  // Where one command is carried out, its own commit finds out whether the key was used before.
  const isSingle = row.each === undefined;
  const kept = isSingle ? undefined : await answerKept(host, request);
  await eachOf(items, AT_ONCE, async (item) => {
    const drawn = isSingle
      ? await unlessRecorded(host, request, item, (edge) => planFor(host, row, { ...request, edge }, item))
      : undefined;
    const isKnown = drawn !== undefined && ("refusal" in drawn || drawn.messages.length === 1);
    const plan = isKnown ? drawn : ((await recordedFor(host, request, item)) ?? drawn ?? (await planFor(host, row, request, item)));
    if ("refusal" in plan) done.set(item, plan);
    else planned.push(plan);
  });
  planned.sort((a, b) => a.item.index - b.item.index);
  // What was recorded only since then, by the same request on another connection, has its answer with it.
  const before = kept ?? (done.size > 0 ? await answerKept(host, request) : undefined);
  // Before anything is executed, since what is answered is kept with the first commit.
  const answer = before === undefined && planned.length > 0 ? answerOf(row, request, planned) : before;
  const carryOut = async (plan: Planned) => void done.set(plan.item, await execute(host, row, request, plan, answer));
  // The first alone: what is kept with it must be there before anything else is.
  for (const first of planned.slice(0, 1)) await carryOut(first);
  await eachOf(planned.slice(1), AT_ONCE, carryOut);

  const all = items.flatMap((item) => done.get(item) ?? []);
  const refused = all.filter(({ refusal }) => refusal !== undefined);
  const outcomes = all.flatMap((each) => each.outcomes);
  const raced = planned.some(({ item }) => done.get(item)?.outcomes.some(({ repeated }) => repeated));
  const given = raced ? ((await answerKept(host, request)) ?? answer) : answer;
  for (const { item, refusal } of refused) noteRefusal(host, row, request, item, refusal);
  for (const { refusal } of all) host.metrics.commands.inc({ operation: row.operation, outcome: refusal ? refusal.name : "done" });
  return {
    body: given ?? {},
    refusal: refusalOf(row, refused),
    position: positionsText(outcomes.filter(({ version }) => version > 0)),
    pending: !(await settled(host, outcomes)),
    fresh: outcomes.every(({ repeated, commit }) => !repeated && commit === null),
  };
};

/** Who asks later why something did not happen finds the answer by the request's id. */
const noteRefusal = (
  { logger }: Host,
  { operation }: CommandRow,
  { requestId, actor }: CommandRequest,
  item: Item,
  refusal?: Refusal,
): void => {
  const actionId = item.ids.startedAction();
  const about = { correlationId: requestId, ...(actionId !== null && { actionId }), operation, actor: actor.userId };
  logger.info({ ...about, refusal: refusal?.name, reason: refusal?.message }, "a command was refused");
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
