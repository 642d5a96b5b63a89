import { backOff, type Decider, type Signal } from "../../../events/index.ts";
import type { ActionName } from "../../../schemas/generated/actions.ts";
import type { LocalProviderEvent, ProviderAnnounced } from "../../../schemas/generated/events.ts";

/** What a provider can do. */
export type Announced = Omit<ProviderAnnounced, "type" | "actions"> & { readonly actions: readonly ActionName[] };
export type AnnounceProvider = { readonly type: "AnnounceProvider" } & Announced;

/** What a provider last announced. It says only what is new. */
export const announcement: Decider<AnnounceProvider, LocalProviderEvent, ProviderAnnounced | null> = {
  key: "provider",
  initialState: null,
  decide: {
    AnnounceProvider: (command, state) => {
      const event = { ...command, type: "ProviderAnnounced" } as const;
      return state && isSame(state, event) ? [] : [event];
    },
  },
  evolve: { ProviderAnnounced: (_, event) => event },
};

const isSame = (one: ProviderAnnounced, other: ProviderAnnounced): boolean => textOf(one) === textOf(other);
const textOf = ({ provider, service, actions, versionTypes, zones, credentialSchema }: ProviderAnnounced): string =>
  JSON.stringify([provider, service, actions, versionTypes, zones, credentialSchema]);

/**
 * Announces a provider each time it starts; one that cannot work on this machine, as one that can do nothing. What the store does not take at once is
 * sent again while the provider runs.
 */
export const announces = <Outside>(
  announced: Announced,
  isAble: (outside: Outside) => Promise<boolean>,
): Signal<Outside, AnnounceProvider> => ({
  issues: ["AnnounceProvider"],
  start: async ({ clock, send, outside }) => {
    const stopped = new AbortController();
    const actions = (await isAble(outside)) ? announced.actions : [];
    const attempt = () =>
      send({ type: "AnnounceProvider", ...announced, actions }).then(
        () => true,
        () => false,
      );
    const again = async (): Promise<void> => {
      for (let failures = 1; !stopped.signal.aborted; failures++) {
        await clock.sleep(backOff(clock, failures, 500), stopped.signal);
        if (stopped.signal.aborted || (await attempt())) return;
      }
    };
    const sending = (await attempt()) ? undefined : again();
    return async () => {
      stopped.abort();
      await sending;
    };
  },
});
