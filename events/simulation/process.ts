import type { Clock, Commit, Log } from "../ports.ts";
import type { Instance } from "../run.ts";
import type { AnyService, Service } from "../service.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Outside } from "./outside.ts";

/** The access of one incarnation of a process to the outside world. */
export type Surroundings = { readonly incarnation: Incarnation; readonly outside: Outside; readonly clock: Clock };
/** A service with its settings and the outside that each of its incarnations receives. */
export type Player = {
  readonly service: AnyService;
  readonly outside: (surroundings: Surroundings) => unknown;
  readonly settings: unknown;
};
export const player = <Given>(service: Service<Given>, outside: (surroundings: Surroundings) => Given, settings: unknown = {}): Player => ({
  service,
  outside,
  settings,
});

/** A running instance. `ready`: it has started, and clients' requests reach it. */
export type Process = { readonly incarnation: Incarnation; readonly instance: Instance; readonly log: Log; ready: boolean };
/** A service, and what its store lost: receipts, which nothing brings back, and events, which are on the log. */
export type Loss = { readonly service: string; readonly receipts: ReadonlySet<string>; readonly events: ReadonlySet<string> };
export type Bug = { readonly where: string; readonly message: string };

/** A commit with the step and the incarnation that created it. `heard`: the incarnation received the acknowledgement. */
export type Committed = {
  readonly step: number;
  readonly service: string;
  readonly incarnation: Incarnation;
  readonly commit: Commit;
  heard: boolean;
};
