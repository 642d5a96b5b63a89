import type { Message } from "../../../events/message.ts";

/** Drawn anew for each request. */
export type Chance = { readonly below: (limit: number) => number; readonly happens: (share: number) => boolean };
export type Owner = { readonly owner: string; readonly ownerPath: string };
/** What may be asked, and how often. `number` is the request's own. */
export type Row<Command extends Message> = readonly [weight: number, ask: (chance: Chance, number: number, owner: Owner) => Command];
