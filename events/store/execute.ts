import type { Codec } from "../codec/codec.ts";
import { backOff, keyedMutex } from "../concurrency.ts";
import { type AnyDecider, type Decision, isRejection, type Rejection } from "../decider.ts";
import { aggregateOf, type Message, streamOf } from "../message.ts";
import type { Clock, Commit, EventStore } from "../ports.ts";
import { type AnyService, router } from "../service.ts";
import { type CachedState, type CachedStates, cachedStates, newState } from "./cached-states.ts";
import { commitChain } from "./chain.ts";
import { type CommandMetadata, type Outcome, outcomeOf, type Waiting } from "./command.ts";
import { decide, drafter, type Target } from "./draft.ts";

/**
 * Executes commands: folds the stream, decides, commits, and starts over if another writer was faster. Commands that arrive while their stream is
 * busy are decided on each other, and share one round trip.
 */
export const executor = (
  service: AnyService,
  ports: { readonly store: EventStore; readonly clock: Clock },
  codec: Codec,
  committed: (commit: Commit) => void,
  /** The settings that `after` of timers receives. */
  settings: unknown = {},
) => {
  const { store, clock } = ports;
  const route = router(service);
  const states = cachedStates(store, codec);
  const draft = drafter(service, codec, clock, settings);
  const turns = keyedMutex();
  const waiting = new Map<string, Waiting[]>();

  const decideAndCommit = async (target: Target, command: Message, because: CommandMetadata): Promise<Outcome> => {
    const { stream, decider } = target;
    // An unknown stream counts as new. If it is not, the decision is empty, and so repeated on the primary, or its commit conflicts.
    let before: CachedState = states.get(stream) ?? newState(decider);
    let fromPrimary = false;
    let taken: Rejection | undefined;
    for (let attempt = 1; ; attempt++) {
      const decision = taken ?? decide(decider, command, before);
      const empty = isRejection(decision) || decision.length === 0;
      if (empty && !fromPrimary) {
        before = await states.fold(stream, decider, before);
        fromPrimary = true;
        continue;
      }
      const rejection = isRejection(decision) ? decision : null;
      if (empty && because.cause === null) return { stream, version: before.version, rejection, commit: null, repeated: false };
      const { commit, next } = draft(target, before, isRejection(decision) ? [] : decision, rejection, because);
      if ((await store.append(commit)) === 1) {
        if (!empty) {
          states.set(stream, next);
          committed(commit);
        }
        return { stream, version: next.version, rejection, commit: empty ? null : commit, repeated: false };
      }
      const recorded = because.cause === null ? undefined : await store.findCause(because.cause);
      if (recorded) return outcomeOf(recorded, true);
      const { version } = before;
      before = await states.fold(stream, decider, before);
      fromPrimary = true;
      // With the same version, a claim is taken, or a conflicting write has no majority yet. With a newer version, decide again.
      taken = before.version === version ? await takenBy(stream, decider, commit.claims) : undefined;
      if (!taken && before.version === version) await clock.sleep(backOff(clock, attempt, 5, 500));
    }
  };

  /** Releases claims that their holder no longer needs. Returns the rejection for a claim that is really taken. */
  const takenBy = async (stream: string, taker: AnyDecider, claims: readonly string[]): Promise<Rejection | undefined> => {
    for (const claim of claims) {
      const holder = await holderOf(service, store, states, claim, stream);
      if (holder !== undefined) return taker.taken?.(claim) ?? { rejected: `${claim} is taken already`, kind: "exists" };
    }
    return undefined;
  };

  /** Executes all waiting commands of a stream in the order of their arrival. */
  const executeWaiting = async (target: Target): Promise<void> => {
    let asked = waiting.get(target.stream) ?? [];
    waiting.delete(target.stream);
    while (asked.length > 0) {
      const settled = asked.length > 1 ? await commitChain(store, states, draft, target, asked, committed) : 0;
      const alone = asked[settled];
      if (alone) await decideAndCommit(target, alone.command, alone.because).then(alone.resolve, alone.reject);
      asked = asked.slice(settled + 1);
    }
  };

  return {
    execute: (command: Message, because: CommandMetadata): Promise<Outcome> => {
      const { aggregate, decider, key } = route(command);
      const target = { stream: streamOf(aggregate, key), aggregate, decider };
      return new Promise((resolve, reject) => {
        const one = { command, because, resolve, reject };
        const others = waiting.get(target.stream);
        if (others) others.push(one);
        else waiting.set(target.stream, [one]);
        void turns(target.stream, () => executeWaiting(target));
      });
    },
    /** What a command would commit at this moment, or its rejection. Nothing is committed. */
    foresee: async (command: Message): Promise<Decision<Message>> => {
      const { aggregate, decider, key } = route(command);
      const stream = streamOf(aggregate, key);
      return decide(decider, command, await turns(stream, () => states.fold(stream, decider)));
    },
    /** The current state of a stream on the primary. */
    state: (aggregate: string, stream: string): Promise<CachedState> => {
      const { decider } = service.aggregates[aggregate] ?? {};
      if (!decider) throw new Error(`service ${service.name} has no aggregate ${aggregate}`);
      return turns(stream, () => states.fold(stream, decider));
    },
    /** The recorded answer for a cause, if there is one. */
    recorded: async (cause: string): Promise<(Outcome & { readonly fingerprint: string | null }) | undefined> => {
      const commit = await store.findCause(cause);
      return commit && { ...outcomeOf(commit, true), fingerprint: commit.metadata.fingerprint };
    },
  };
};
export type Executor = ReturnType<typeof executor>;

/** The other stream that holds a claim; undefined if none does. A claim that its holder no longer needs, or that is the stream's own, is released. */
export const holderOf = async (
  service: AnyService,
  store: Pick<EventStore, "findClaim" | "releaseClaim">,
  states: Pick<CachedStates, "fold">,
  claim: string,
  stream: string,
): Promise<string | undefined> => {
  const holder = await store.findClaim(claim);
  if (!holder) return undefined;
  const { decider } = service.aggregates[aggregateOf(holder.stream)] ?? {};
  const holds = async () => decider && (decider.claims?.((await states.fold(holder.stream, decider)).state) ?? []).includes(claim);
  if (holder.stream !== stream && (await holds())) return holder.stream;
  await store.releaseClaim(holder, claim);
  return undefined;
};
