import type { Effect, Message, Of, Sealed } from "../../../events/index.ts";
import type { Sealing } from "./sealing.ts";

/** The outside of a service whose streams hold secrets. */
export type KeyDestroyer = Pick<Sealing, "destroyKey">;

/**
 * An effect that destroys the keys of the secrets that a stream holds no more, so that their ciphertext cannot be read wherever it is stored.
 * It belongs to every event that replaces or ends a secret.
 */
export const destroyLapsed = <Command extends Message, const Ends extends Command["type"], Event, State>(
  ends: Ends,
  lapsedIn: (state: State) => readonly Sealed[],
  outcome: (event: Event) => Of<Command, Ends>,
): Effect<KeyDestroyer, Command, Event, State> => ({
  ends: [ends],
  isStillNeeded: (state) => lapsedIn(state).length > 0,
  run: async (event, { outside, state }) => {
    for (const sealed of lapsedIn(state)) await outside.destroyKey(sealed);
    return outcome(event);
  },
});
