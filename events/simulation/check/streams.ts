import { aggregateOf, type Evidence, streamsOf, type Violation } from "./evidence.ts";

/** Checks that every stored stream has no gap and its time never decreases, that no claim has two holders, and that no due mark is left. */
export const checkStreams = function* ({ services, databases, factsIn }: Evidence): Generator<Violation> {
  for (const service of services) {
    const database = databases.get(service.name);
    if (!database) continue;
    const holders = new Map<string, string>();
    for (const [stream, commits] of streamsOf(database)) {
      const wrong = (message: string): Violation => ({ rule: "streams are in order and without a gap", about: stream, message });
      let next = 1;
      let time = "";
      for (const commit of commits) {
        if (commit.version !== next) yield wrong(`version ${commit.version} follows version ${next - 1}`);
        if (commit.metadata.time < time) yield wrong(`its time runs backwards at version ${commit.version}`);
        next = commit.version + commit.events.length;
        time = commit.metadata.time;
      }
      const decider = service.aggregates[aggregateOf(stream)]?.decider;
      if (!decider?.claims) continue;
      let state: unknown = decider.initialState;
      for (const { event, meta } of commits.flatMap(factsIn)) state = decider.evolve[event.type]?.(state, event, meta) ?? state;
      for (const claim of decider.claims(state)) {
        const other = holders.get(claim);
        if (other) yield { rule: "a claim has one holder", about: stream, message: `${claim} is held by ${other} too` };
        holders.set(claim, stream);
      }
    }
    for (const [mark, keys] of Object.entries(database.due))
      if (keys.length > 0)
        yield {
          rule: "no due mark is left",
          about: keys[0]?.replace(/^.*\||@.*$/g, "") ?? "",
          message: `${mark} of ${keys.slice(0, 5).join(", ")}`,
        };
  }
};
