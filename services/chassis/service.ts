import type { RequestHandler } from "express";
import type { Service as Tables } from "../../events/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Host } from "./http/host.ts";
import type { Inquiries } from "./http/inquiry.ts";
import type { HttpRow } from "./http/rows.ts";
import type { Settings, ValuesOf } from "./process/setting.ts";

/**
 * A service of the platform: one constant value. `Outside` is the type of the outside dependencies that its effects, signals, seeds and
 * http rows receive.
 */
export type Service<Outside = unknown, S extends Settings = Settings> = Omit<Tables<Outside>, "http"> & {
  readonly http?: readonly HttpRow<Outside>[];
  /** The settings of this service. Timers receive the values, too. */
  readonly settings?: S;
  /** Opens the outside dependencies. The module is loaded only if the service really runs. */
  readonly outside?: () => Promise<{ readonly open: (dependencies: Dependencies<ValuesOf<S>>) => Promise<Opened<Outside>> }>;
  /** Set for the gateway: its callers come from outside the platform and need no certificate. */
  readonly entry?: true;
};

/** The opened outside of a running service. */
export type Opened<Outside> = {
  readonly outside: Outside;
  /** What other services of the platform may ask about the outside. */
  readonly inquiries?: Inquiries;
  /** What an operator should know although the service is ready, a sentence each. */
  readonly warnings?: () => readonly string[];
  /** Routes that precede those of the rows, for the gateway. */
  readonly routes?: (host: Host) => RequestHandler;
  /** Work beside the tables, from when the service is ready until it stops. Returns how to stop it. */
  readonly background?: (host: Host) => () => Promise<void>;
  readonly close?: () => Promise<void> | void;
};

/** A service of any type. Its tables and its outside have matching types. */
export type AnyService = Omit<Tables<never>, "http"> & {
  readonly http?: readonly HttpRow[];
  readonly settings?: Settings;
  readonly outside?: () => Promise<{ readonly open: (dependencies: never) => Promise<Opened<unknown>> }>;
  readonly entry?: true;
};

/** Services by name, each loaded only when needed. Their order gives the ports. */
export type ServiceList = { readonly [name: string]: () => Promise<AnyService> };
