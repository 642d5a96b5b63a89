// The types and functions for writing tables, and the ports. All of it is pure. Other entry points: runtime.ts runs tables; kafka/index.ts and
// mongo/index.ts are adapters; map/index.ts draws pictures; testing.ts has memory adapters and the simulator.

export { chunks } from "./chunks.ts";
export { backOff, budget, condition, eachOf, keyedMutex, mapOf } from "./concurrency.ts";
export { aggregatesOf, type CauseCipher, type Contract, deadLetterTopic, groupOf, type ReleasedSchema, topicOf } from "./contract.ts";
export { type AnyDecider, type Decider, type Decision, isRejection, type Rejection, type RejectionKind } from "./decider.ts";
export {
  type Effect,
  type EffectContext,
  type Effects,
  effect,
  type Seed,
  type Signal,
  type SignalContext,
  type TimerRow,
  type Timers,
} from "./effect.ts";
export { asError } from "./error.ts";
export { type Actor, aggregateOf, eventIdOf, type Fields, keyOf, type Message, type Meta, type Of, streamOf } from "./message.ts";
export { asOutage, isOutage, Outage } from "./outage.ts";
export type * from "./ports.ts";
export { type AnyProjection, deleted, type Projection } from "./projection.ts";
export { commandsOf, type Reaction, type Reactions } from "./reaction.ts";
export { isSealed, type Sealed } from "./sealed.ts";
export { type Aggregate, type AnyService, badKeyOf, isStreamKey, type OperationRow, type Service, topicsOfService } from "./service.ts";
export { type Attributes, type Span, type SpanStart, type Tracer, traced } from "./trace.ts";
