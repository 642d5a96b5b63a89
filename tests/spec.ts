import assert from "node:assert/strict";
import { codec } from "../events/codec/codec.ts";
import type { Decider, Decision, RejectionKind } from "../events/decider.ts";
import { isRejection } from "../events/decider.ts";
import type { Message, Meta } from "../events/message.ts";
import { type Aggregate, type EventType, eventTypes } from "../schemas/generated/events.ts";
import { schemas } from "../schemas/generated/schemas.ts";

const written = codec(schemas);

/** What travels beside the nth event of a stream in a specification. */
export const metaOf = (version: number, stream = "stream/key"): Meta => ({
  eventId: `${stream}@${version}`,
  stream,
  version,
  time: new Date(Date.UTC(2026, 0, 1, 0, 0, version)).toISOString(),
  actor: { userId: "usr-dev", ownerPath: ":usr-dev" },
  correlationId: "request-1",
  causationId: null,
  actionId: null,
});

/** A decider's past: given these events, when a command comes, expect events, nothing, or a "no". */
export const given = <Command extends Message, Event extends Message, State>(
  decider: Decider<Command, Event, State>,
  ...past: readonly Event[]
) => {
  const evolve = (state: State, event: Event, version: number): State => {
    const row = decider.evolve[event.type as Event["type"]] as (state: State, event: Event, meta: Meta) => State; // A table's row for this very type.
    return row(state, event, metaOf(version));
  };
  const state = past.reduce((before, event, index) => evolve(before, stored(event), index + 1), decider.initialState);
  return {
    state,
    when: (command: Command) => {
      const row = decider.decide[command.type as Command["type"]] as (command: Command, state: State) => Decision<Event>; // The key is the type of the command.
      const decide = (): Decision<Event> => row(command, state);
      const events = (): readonly Event[] => {
        const decision = decide();
        assert.ok(!isRejection(decision), `refused: ${isRejection(decision) ? decision.rejected : ""}`);
        return decision.map(stored);
      };
      return {
        expect: (...expected: readonly Event[]) => assert.deepEqual(events(), expected.map(stored)),
        expectTypes: (...expected: readonly Event["type"][]) =>
          assert.deepEqual(
            events().map(({ type }) => type),
            expected,
          ),
        expectNothing: () => assert.deepEqual(decide(), []),
        expectRejection: (sentence: RegExp, details: { readonly kind?: RejectionKind; readonly error?: string } = {}) => {
          const decision = decide();
          assert.ok(isRejection(decision), `accepted: ${JSON.stringify(decision)}`);
          assert.match(decision.rejected, sentence);
          for (const [name, value] of Object.entries(details)) assert.equal(Reflect.get(decision, name), value);
        },
        /** What the events say, for those who look at a few fields only. */
        events,
        /** The past with what the command adds. */
        after: () => given(decider, ...past, ...events()),
      };
    },
  };
};

/** As it comes back from the store: an event that does not fit its schema fails here. */
const stored = <Event extends Message>(event: Event): Event => {
  const aggregates: readonly string[] = eventTypes[event.type as EventType] ?? [];
  const { schemaId, bytes } = written.encode(aggregates[0] as Aggregate, event);
  return written.decode(schemaId, bytes) as Event; // The codec gives back what it was given.
};
