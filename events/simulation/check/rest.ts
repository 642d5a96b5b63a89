import { aggregateOf, type Evidence, streamsOf, type Violation } from "./evidence.ts";

/** Checks that no stream is left in an intermediate state: everything started has succeeded or failed. */
export const checkRest = function* (
  { services, databases, factsIn }: Evidence,
  resting: (stream: string, state: unknown) => string | undefined,
): Generator<Violation> {
  for (const { name, aggregates } of services)
    for (const [stream, commits] of streamsOf(databases.get(name) ?? never())) {
      const decider = aggregates[aggregateOf(stream)]?.decider;
      let state: unknown = decider?.initialState;
      for (const { event, meta } of commits.flatMap(factsIn)) state = decider?.evolve[event.type]?.(state, event, meta) ?? state;
      const why = resting(stream, state);
      if (why !== undefined) yield { rule: "what was begun has ended", about: stream, message: why };
    }
};

const never = (): never => {
  throw new Error("a service without a database");
};
