import type { Rejection } from "../../../events/index.ts";
import type { Outcome } from "../../../events/runtime.ts";
import { ofRejection, Refused, refusals } from "./errors.ts";
import type { Host } from "./host.ts";
import type { CommandRequest, Done, Item } from "./items.ts";
import { receiptOf } from "./receipts.ts";
import type { CommandRow, Edge } from "./rows.ts";

/** The answer that an earlier request with the same key got. Refuses another request under that key. */
export const answerKept = async (host: Host, { idempotency }: CommandRequest): Promise<unknown> => {
  if (!idempotency) return undefined;
  const first = await host.instance.recorded(idempotency.causeOf(0, 0));
  const note = idempotency.read(first?.fingerprint ?? null);
  if (note && !note.request) throw new Refused(refusals.keyReused());
  return note?.answer ?? undefined;
};

/** What an earlier request with the same key came to, if it came to an end. */
export const recordedFor = async (host: Host, { idempotency }: CommandRequest, item: Item): Promise<Done | undefined> => {
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

/**
 * Runs with an edge that looks first whether the request was answered before, wherever it would leave something behind or work for long.
 * Gives what is recorded then.
 */
export const unlessRecorded = async <T>(
  host: Host,
  request: CommandRequest,
  item: Item,
  run: (edge: Edge) => Promise<T>,
): Promise<T | Done> => {
  const { edge } = request;
  let looking: Promise<Done | undefined> | undefined;
  const first =
    <A extends readonly unknown[], R>(act: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      looking ??= recordedFor(host, request, item);
      const recorded = await looking;
      if (recorded) throw new Recorded(recorded);
      return act(...given);
    };
  const { seal, putBlob, hashPassword, verifyPassword, newSigningKey } = edge;
  try {
    return await run({
      ...edge,
      seal: first(seal),
      putBlob: first(putBlob),
      hashPassword: first(hashPassword),
      verifyPassword: first(verifyPassword),
      newSigningKey: first(newSigningKey),
    });
  } catch (error) {
    if (error instanceof Recorded) return error.done;
    throw error;
  }
};

class Recorded extends Error {
  readonly done: Done;
  constructor(done: Done) {
    super("answered before");
    this.done = done;
  }
}

/** A "no" that no decider gave is recorded all the same: under its key it stays the answer. */
export const refusedBefore = async (
  host: Host,
  row: CommandRow,
  request: CommandRequest,
  item: Item,
  rejection: Rejection,
): Promise<Done> => {
  const { idempotency } = request;
  if (idempotency) {
    const cause = idempotency.causeOf(item.index, 0);
    await host.ports.store.append(receiptOf(cause, rejection, idempotency.note(1, null), row.operation, request, host.ports.clock.now()));
    const recorded = await recordedFor(host, request, item);
    if (recorded) return recorded;
  }
  return { item, outcomes: [], refusal: ofRejection(rejection) };
};
