import type { Message } from "../../../events/message.ts";
import type { Request } from "../../../events/simulation/exchange.ts";
import { seeded } from "../../../events/simulation/time.ts";
import { accountRows } from "./account.ts";
import { appRows } from "./app.ts";
import { clusterRows } from "./cluster.ts";
import { repoRows } from "./repo.ts";
import type { Chance, Owner } from "./row.ts";
import { runtimeRows } from "./runtime.ts";

const all: readonly (readonly [service: string, weight: number, ask: (chance: Chance, number: number, owner: Owner) => Message])[] = [
  ...runtimeRows.map(([weight, ask]) => ["runtime", weight, ask] as const),
  ...clusterRows.map(([weight, ask]) => ["cluster", weight, ask] as const),
  ...accountRows.map(([weight, ask]) => ["account", weight, ask] as const),
  ...repoRows.map(([weight, ask]) => ["repo", weight, ask] as const),
  ...appRows.map(([weight, ask]) => ["app", weight, ask] as const),
];
const whole = all.reduce((sum, [, weight]) => sum + weight, 0);
const PEOPLE = 5;

/** What people ask in a run. Each request has its own chance, so that leaving some out changes no other. */
export const requests = (seed: number, commands: number): readonly Request[] =>
  Array.from({ length: commands }, (_, number) => {
    const random = seeded(seed * 100_003 + number);
    const chance: Chance = { below: (limit) => Math.floor(limit * random()), happens: (share) => random() < share };
    const actor = `usr-${chance.below(PEOPLE)}`;
    const owner = { owner: actor, ownerPath: `:${actor}` };
    const [service, ask] = drawn(whole * random());
    const cause = chance.happens(0.8) ? `request/${number}` : null;
    return { service, command: ask(chance, number, owner), actor: { userId: actor, ownerPath: owner.ownerPath }, cause };
  });

const drawn = (place: number) => {
  let end = 0;
  for (const [service, weight, ask] of all) {
    end += weight;
    if (place < end) return [service, ask] as const;
  }
  return never();
};

const never = (): never => {
  throw new Error("no row was drawn");
};
