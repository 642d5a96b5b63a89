import type { RequestHandler } from "express";
import type { Service as Tables } from "../../events/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Host } from "./http/host.ts";
import type { HttpRow } from "./http/rows.ts";
import type { Settings, ValuesOf } from "./process/setting.ts";

/**
 * A service of the platform: one constant value, computed from nothing. `Outside` is what its effects, signals, seeds and http rows are
 * handed of the world outside.
 */
export type Service<Outside = unknown, S extends Settings = Settings> = Omit<Tables<Outside>, "http"> & {
  readonly http?: readonly HttpRow<Outside>[];
  /** What may be set from outside for this service; timers see the values, too. */
  readonly settings?: S;
  /** Opens the outside; loaded only where the service really runs. */
  readonly outside?: () => Promise<{ readonly open: (dependencies: Dependencies<ValuesOf<S>>) => Promise<Opened<Outside>> }>;
  /** Callers from outside the platform come here, and need no certificate. */
  readonly entry?: true;
};

/** What a service has of the outside while it runs. */
export type Opened<Outside> = {
  readonly outside: Outside;
  /** Routes before those of the rows: the gateway's. */
  readonly routes?: (host: Host) => RequestHandler;
  readonly close?: () => Promise<void> | void;
};

/** Any service, to be looked at or run: its tables and its outside fit each other. */
export type AnyService = Omit<Tables<never>, "http"> & {
  readonly http?: readonly HttpRow[];
  readonly settings?: Settings;
  readonly outside?: () => Promise<{ readonly open: (dependencies: never) => Promise<Opened<unknown>> }>;
  readonly entry?: true;
};

/** Services by name, each loaded only where it is wanted. Their order gives the ports. */
export type ServiceList = { readonly [name: string]: () => Promise<AnyService> };
