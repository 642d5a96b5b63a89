import type { Service } from "../../../events/index.ts";
import type { ActionName } from "../../../schemas/generated/actions.ts";
import { announcementsOf, deploymentsOf, serviceOf } from "../../chassis/provider-names.ts";
import { type Announced, announcement, announces } from "./announcement.ts";
import { deployment } from "./domain.ts";
import { effectsOf, type TaskTable } from "./effects.ts";
import type { Plan } from "./plan.ts";
import { reactionsOf } from "./reactions.ts";
import { clusterOwnersOf, credentials, runtimes } from "./read-models.ts";
import { timers } from "./timers.ts";

/** What makes a provider: its name, the steps of its actions, what it does for a step, and what it says of itself. */
export type ProviderTables<Outside> = Omit<Announced, "service" | "actions"> & {
  readonly plan: Plan;
  readonly tasks: TaskTable<Outside>;
  /** Whether what it works with is there; if it is not, the provider announces that it can do nothing. */
  readonly isAble?: (outside: Outside) => Promise<boolean>;
};

/** The service of a provider, `provider-<name>`, with the tables that all providers share. */
export const providerOf = <Outside>({ plan, tasks, isAble = async () => true, ...about }: ProviderTables<Outside>) => {
  const { provider } = about;
  const name = serviceOf(provider);
  // The keys of a plan are actions.
  const announced = { ...about, service: name, actions: (Object.keys(plan) as ActionName[]).sort() };
  return {
    name,
    aggregates: {
      [deploymentsOf(provider)]: { decider: deployment(plan), effects: effectsOf(tasks), timers, public: true },
      [announcementsOf(provider)]: { decider: announcement, public: true },
    },
    reactions: reactionsOf(provider),
    projections: [credentials, runtimes, clusterOwnersOf(provider)],
    signals: [announces(announced, isAble)],
  } satisfies Service<Outside>;
};
