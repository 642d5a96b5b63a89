// Runs a service on ports, and operates it: instances, the codec, parked events, positions.

export { type Codec, codec, EventTooLarge, InvalidEvent, UnknownSchema } from "./codec/codec.ts";
export { BODY, schemaIdIn } from "./codec/framing.ts";
export type { Guard } from "./effects/effects.ts";
export { nameOf, partitionOf } from "./log/partition.ts";
export { headerOf, metaIn, metaOf, plainMeta, recordsOf, typeOf } from "./log/record.ts";
export { lruCache } from "./lru-cache.ts";
export { matches, ordering } from "./memory/query.ts";
export { CannotRestore, type Restored } from "./replay/restore.ts";
export { type Instance, instance, type Observer, PARTITIONS, type RunOptions } from "./run.ts";
export type { CommandMetadata, Outcome } from "./store/command.ts";
export type { Executor } from "./store/execute.ts";
export { TableError } from "./store/table-error.ts";
export * from "./subscription/audit.ts";
export { type Collections, collections } from "./subscription/collections.ts";
export { type Delivered, decode, originOf } from "./subscription/delivered.ts";
export { bucketOf, digestOf, fieldDigests } from "./subscription/document-digest.ts";
export { documentsOf } from "./subscription/documents-of.ts";
export { type Folding, foldStreams, type Part, type Wanted } from "./subscription/fold-streams.ts";
export { endsOf, isMissingTopic, sourcesOf, startsOf } from "./subscription/log-ends.ts";
export type { ModelStatus } from "./subscription/model-status.ts";
export * from "./subscription/open-reactions.ts";
export { aborting, promoting, rebuilding, unproved, verifying } from "./subscription/pointer.ts";
export { evolve, idsOf } from "./subscription/projections.ts";
export * from "./subscription/redrive.ts";
export type { Progress } from "./subscription/subscription.ts";
export { type Offsets, type PageRequest, tail } from "./subscription/tail.ts";
export { type Touched, touchedBy } from "./subscription/touched.ts";
