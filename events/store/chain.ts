import { isRejection } from "../decider.ts";
import { bytesOf } from "../log/record.ts";
import type { Commit, EventStore } from "../ports.ts";
import { type CachedStates, newState } from "./cached-states.ts";
import type { Waiting } from "./command.ts";
import { type Draft, type Drafter, decide, MAX_COMMIT_BYTES, type Target } from "./draft.ts";

/** Commands of one stream that are decided one on the other and committed together. */
const MAX_CHAIN = 100;

/**
 * Commits the commands that wait for one stream together, each decided on what the one before will have made, up to the first that a cached
 * state cannot answer. Returns how many commands are settled; 0 if a chain is not worth it.
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

/** Undefined where the command is rejected, changes nothing, or fails: such a command is decided alone, on what the primary has. */
const draftOn = (draft: Drafter, target: Target, before: Draft["next"], { command, because }: Waiting): Draft | undefined => {
  try {
    const decision = decide(target.decider, command, before);
    return isRejection(decision) || decision.length === 0 ? undefined : draft(target, before, decision, null, because);
  } catch {
    return undefined;
  }
};
