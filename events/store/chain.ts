import { isRejection } from "../decider.ts";
import { bytesOf } from "../log/record.ts";
import type { Commit, EventStore } from "../ports.ts";
import { type CachedStates, newState } from "./cached-states.ts";
import type { Waiting } from "./command.ts";
import { type Draft, type Drafter, decide, MAX_COMMIT_BYTES, type Target } from "./draft.ts";

/** Maximum number of commands of one stream that are decided on each other and committed together. */
const MAX_CHAIN = 100;

/**
 * Commits the waiting commands of one stream together. Each is decided on the state after the previous one, up to the first command that needs the
 * state of the primary. Returns the number of settled commands; 0 if the chain would have fewer than two.
 */
export const commitChain = async (
  store: Pick<EventStore, "append">,
  states: CachedStates,
  draft: Drafter,
  target: Target,
  asked: readonly Waiting[],
  committed: (commit: Commit) => void,
): Promise<number> => {
  const { stream, decider } = target;
  const chain: (Draft & Waiting)[] = [];
  let before = states.get(stream) ?? newState(decider);
  let size = 0;
  for (const one of asked.slice(0, MAX_CHAIN)) {
    const drafted = draftOn(draft, target, before, one);
    size += drafted ? bytesOf(drafted.commit) : 0;
    if (!drafted || size > MAX_COMMIT_BYTES) break;
    chain.push({ ...one, ...drafted });
    before = drafted.next;
  }
  if (chain.length < 2) return 0;
  try {
    const appended = await store.append(...chain.map(({ commit }) => commit));
    for (const { commit, next, resolve } of chain.slice(0, appended)) {
      states.set(stream, next);
      committed(commit);
      resolve({ stream, version: next.version, rejection: null, commit, repeated: false });
    }
    return appended;
  } catch (error) {
    for (const { reject } of chain) reject(error);
    return chain.length;
  }
};

/** Undefined if the command is rejected, changes nothing, or fails: such a command is decided alone, on the state of the primary. */
const draftOn = (draft: Drafter, target: Target, before: Draft["next"], { command, because }: Waiting): Draft | undefined => {
  try {
    const decision = decide(target.decider, command, before);
    return isRejection(decision) || decision.length === 0 ? undefined : draft(target, before, decision, null, because);
  } catch {
    return undefined;
  }
};
