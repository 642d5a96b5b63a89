import type { ModelStatus } from "../../events/runtime.ts";
import type { Command, Operations } from "../../schemas/generated/http.ts";
import type { PlatformStatus } from "../chassis/http/platform-status.ts";
import type { RebuildPlan } from "../chassis/http/read-model-routes.ts";
import type { Asked, Kind, Results } from "../chassis/operator/inspections.ts";
import type { Progress } from "../chassis/operator/works.ts";

/** A parked stream as its service reports it. */
export type ParkedSummary = {
  readonly service: string;
  readonly subscription: string;
  readonly stream: string;
  readonly events: number;
  readonly eventId: string;
  readonly type: string;
  readonly reason: string;
  readonly time: string;
  readonly attempts: number;
  readonly origin: string;
  readonly asked: { readonly action: string; readonly by: string } | null;
};
export type Filter = {
  readonly service?: string | undefined;
  readonly subscription?: string | undefined;
  readonly stream?: string | undefined;
  readonly reason?: string | undefined;
  readonly type?: string | undefined;
  readonly olderThanSeconds?: number | undefined;
};
export type ParkedEvents = { readonly total: number; readonly events: readonly { readonly [field: string]: unknown }[] };
export type Discarded = { readonly [K in "service" | "subscription" | "stream" | "eventId" | "reason"]: string };

export type Located = ModelStatus & { readonly service: string };
export type Plan = RebuildPlan & { readonly service: string };
export type Action = Operations["MoveReadModel"]["request"]["action"];
export type Moved = Plan["order"] & {
  readonly rate?: Plan["rate"];
  readonly collection?: string | undefined;
  readonly unverified?: boolean;
  readonly generation?: number;
};

/** What the command asks of a platform: of its gateway, by the operations of the contract, or of its services, Kafka and stores. */
export type Operator = {
  readonly status: (service?: string) => Promise<PlatformStatus>;
  /** What an event, a request or a job has caused; undefined: nobody knows it. */
  readonly why: (id: string) => Promise<Command | undefined>;
  readonly parked: (filter: Filter) => Promise<readonly ParkedSummary[]>;
  readonly parkedEvents: (service: string, stream: string, subscription: string | undefined, limit: number) => Promise<ParkedEvents>;
  readonly redrive: (filter: Filter, dryRun: boolean) => Promise<readonly ParkedSummary[]>;
  readonly discard: (request: Discarded) => Promise<readonly ParkedSummary[]>;
  readonly models: (service?: string, model?: string) => Promise<readonly Located[]>;
  readonly plan: (service: string, model: string, rate: Plan["rate"] | undefined, order: Plan["order"]) => Promise<Plan>;
  readonly move: (service: string, model: string, action: Action, more: Moved) => Promise<void>;
  readonly inspect: <K extends Kind>(
    asked: Asked & { readonly inspection: K },
    progress: Progress,
    signal: AbortSignal,
  ) => Promise<Results[K]>;
};
