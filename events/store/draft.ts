import { type Codec, EventTooLarge } from "../codec/codec.ts";
import type { AnyDecider, Decision, Rejection } from "../decider.ts";
import { bytesOf, metaIn } from "../log/record.ts";
import type { Message } from "../message.ts";
import type { Clock, Commit } from "../ports.ts";
import type { Aggregate, AnyService } from "../service.ts";
import { type CachedState, grown } from "./cached-states.ts";
import type { CommandMetadata } from "./command.ts";
import { inTable } from "./table-error.ts";

const MAX_EVENT_BYTES = 900_000;
export const MAX_COMMIT_BYTES = 8_000_000;

/** A commit that is not stored yet, and the state of the stream after it. */
export type Draft = { readonly commit: Commit; readonly next: CachedState };
/** The stream of a command, with its decider. */
export type Target = { readonly stream: string; readonly aggregate: string; readonly decider: AnyDecider };

export const decide = ({ decide }: AnyDecider, command: Message, { state }: CachedState): Decision<Message> =>
  inTable(`decide ${command.type}`, () => decide[command.type]?.(command, state) ?? []);

/** Builds a commit from a decision: encoded events, cause, due marks and claims. */
export const drafter =
  ({ aggregates }: AnyService, codec: Codec, clock: Clock, settings: unknown) =>
  (
    { stream, aggregate, decider }: Target,
    before: CachedState,
    events: readonly Message[],
    rejection: Rejection | null,
    because: CommandMetadata,
  ): Draft => {
    const now = new Date(clock.now()).toISOString();
    const { cause, fingerprint, ...metadata } = because;
    const version = events.length === 0 ? before.version : before.version + 1;
    const bare: Commit = {
      stream,
      version,
      events: events.map((event) => checked(codec.encode(aggregate, event))),
      cause,
      rejection,
      claims: [],
      publish: events.length > 0,
      effects: [],
      timers: [],
      metadata: { ...metadata, time: before.time > now ? before.time : now, fingerprint: fingerprint ?? null },
    };
    if (bytesOf(bare) > MAX_COMMIT_BYTES)
      throw new EventTooLarge(`a commit of ${events.length} events is larger than ${MAX_COMMIT_BYTES} bytes`);
    let state = before.state;
    for (const [index, event] of events.entries())
      state = inTable(`evolve ${event.type}`, () => decider.evolve[event.type]?.(state, event, metaIn(bare, version + index)) ?? state);
    const held = new Set(decider.claims?.(before.state));
    const claims = events.length === 0 ? [] : (decider.claims?.(state) ?? []).filter((claim) => !held.has(claim));
    const { time } = bare.metadata;
    const size = grown(before.size, bare, state);
    const next = events.length === 0 ? before : { version: before.version + events.length, state, time, size };
    return { commit: { ...bare, claims, ...dueOf(aggregates[aggregate], events, version, time, settings) }, next };
  };
export type Drafter = ReturnType<typeof drafter>;

/** What is due because of the events of a commit. */
export const dueOf = (
  { effects = {}, timers = {} }: Partial<Aggregate<never>> = {},
  events: readonly Message[],
  version: number,
  time: string,
  settings: unknown,
): Pick<Commit, "effects" | "timers"> => ({
  effects: events.flatMap((event, index) => (effects[event.type] ? [version + index] : [])),
  timers: events.flatMap((event, index) => {
    const after = timers[event.type]?.after(event, settings);
    return after === undefined ? [] : [{ version: version + index, at: Date.parse(time) + after }];
  }),
});

const checked = (event: ReturnType<Codec["encode"]>) => {
  if (event.bytes.byteLength <= MAX_EVENT_BYTES) return event;
  throw new EventTooLarge(`${event.type} takes ${event.bytes.byteLength} bytes, more than ${MAX_EVENT_BYTES}`);
};
