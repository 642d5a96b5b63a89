// Runs a service on ports, and operates it: instances, the codec, parked events, positions.

export { type Codec, codec, EventTooLarge, InvalidEvent, UnknownSchema } from "./codec/codec.ts";
export { BODY, schemaIdIn } from "./codec/framing.ts";
export type { Guard } from "./effects/effects.ts";
export { headerOf, metaIn, metaOf, plainMeta, recordsOf } from "./log/record.ts";
export { lruCache } from "./lru-cache.ts";
export { matches } from "./memory/query.ts";
export { type Instance, instance, type Observer, PARTITIONS, type RunOptions } from "./run.ts";
export type { CommandMetadata, Outcome } from "./store/command.ts";
export type { Executor } from "./store/execute.ts";
export { TableError } from "./store/table-error.ts";
export * from "./subscription/audit.ts";
export { type Collections, collections } from "./subscription/collections.ts";
export { type Comparison, compare, type Difference } from "./subscription/compare.ts";
export { type Delivered, decode, originOf } from "./subscription/delivered.ts";
export * from "./subscription/open-reactions.ts";
export { aborting, promoting, rebuilding } from "./subscription/pointer.ts";
export { documentsOf, type ModelStatus } from "./subscription/read-models.ts";
export * from "./subscription/redrive.ts";
export type { Progress } from "./subscription/subscription.ts";
