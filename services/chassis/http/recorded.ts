import type { Actor, Commit, Rejection } from "../../../events/index.ts";
import type { Outcome } from "../../../events/runtime.ts";
import type { Host } from "./host.ts";
import { type Idempotency, idempotency } from "./idempotency.ts";
import { makeProblem, type Problem } from "./problems.ts";

/** Characters of the longest key. */
const MAX_KEY = 256;

/** The idempotency of a request with an `Idempotency-Key`; undefined without one. */
export const idempotencyOf = (
  { keys, edge }: Pick<Host, "keys" | "edge">,
  principal: string,
  operation: string,
  header: string | undefined,
  request: object,
): Idempotency | Problem | undefined => {
  const key = header?.trim();
  if (!key) return undefined;
  if (key.length > MAX_KEY) return makeProblem("illegal_parameter_format", "Idempotency-Key");
  return idempotency(keys, principal, operation, key, request, edge.random);
};

/** What is recorded for an item of an earlier request under the same idempotency key. */
export type Recorded = {
  /** False: the key was used with another request. */
  readonly isSameRequest: boolean;
  readonly outcomes: readonly Outcome[];
  /** Nothing is left to carry out. False: the earlier request broke off between two commands of the item. */
  readonly isFinal: boolean;
  /** The answer to the whole request, which is kept with its first command. */
  readonly answer: unknown;
};

/** What an earlier request under the key came to for an item; undefined if there was none. */
export const recordedFor = async (host: Host, idempotency: Idempotency, item: number): Promise<Recorded | undefined> => {
  const first = await host.instance.recorded(idempotency.causeOf(item, 0));
  if (!first) return undefined;
  const { request = true, messages = 1, answer } = idempotency.read(first.fingerprint) ?? {};
  const outcomes: Outcome[] = [first];
  while (outcomes.length < messages && !outcomes.at(-1)?.rejection) {
    const next = await host.instance.recorded(idempotency.causeOf(item, outcomes.length));
    if (!next) break;
    outcomes.push(next);
  }
  const isFinal = !request || outcomes.length >= messages || outcomes.at(-1)?.rejection !== null;
  return { isSameRequest: request, outcomes, isFinal, answer: answer ?? undefined };
};

type Rejected = {
  readonly idempotency: Idempotency;
  readonly actor: Actor;
  readonly requestId: string;
  readonly traceparent: string | null;
};

/** Records a rejection that no decider gave: under its key it stays the answer. False if something is recorded for the item already. */
export const recordRejection = async (
  { ports: { store, clock } }: Host,
  operation: string,
  { idempotency, actor, requestId, traceparent }: Rejected,
  item: number,
  rejection: Rejection,
): Promise<boolean> => {
  const cause = idempotency.causeOf(item, 0);
  const receipt: Commit = {
    stream: `request/${cause.replaceAll("/", ".")}`,
    version: 0,
    events: [],
    cause,
    rejection,
    claims: [],
    publish: false,
    effects: [],
    timers: [],
    metadata: {
      time: new Date(clock.now()).toISOString(),
      actor,
      correlationId: requestId,
      causationId: null,
      actionId: null,
      row: operation,
      traceparent,
      hops: 0,
      fingerprint: idempotency.note(1, null),
    },
  };
  return (await store.append(receipt)) === 1;
};
