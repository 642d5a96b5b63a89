import type { Clock, Commit, Log } from "../ports.ts";
import type { Instance } from "../run.ts";
import type { AnyService, Service } from "../service.ts";
import type { Incarnation } from "./incarnation.ts";
import type { Outside } from "./outside.ts";

/** The world outside, as one incarnation of a process reaches it. */
export type Surroundings = { readonly incarnation: Incarnation; readonly outside: Outside; readonly clock: Clock };
/** A service with what it is handed of the outside world in each incarnation, and its settings. */
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

/** A running instance. `ready`: it has started, and people's requests reach it. */
export type Process = { readonly incarnation: Incarnation; readonly instance: Instance; readonly log: Log; ready: boolean };
export type Bug = { readonly where: string; readonly message: string };

/** A commit, when it came to be, by whom, and whether they know. */
export type Committed = {
  readonly step: number;
  readonly service: string;
  readonly incarnation: Incarnation;
  readonly commit: Commit;
  heard: boolean;
};
