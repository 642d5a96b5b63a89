import { isDeepStrictEqual } from "node:util";
import type { AnyDecider } from "../../decider.ts";
import type { MemoryDatabase } from "../../memory/database.ts";
import type { Message } from "../../message.ts";
import type { Commit } from "../../ports.ts";
import type { AnyService } from "../../service.ts";
import { aggregateOf, type Evidence, streamsOf } from "./evidence.ts";

/** Repeats the decisions of a service on the states of that time. */
export const decisions = (service: AnyService, database: MemoryDatabase, { codec, factsIn }: Pick<Evidence, "codec" | "factsIn">) => {
  const streams = streamsOf(database);
  const known = new Map<string, unknown[]>();
  const deciders = new Map<string, { readonly aggregate: string; readonly decider: AnyDecider }>();
  for (const [aggregate, { decider }] of Object.entries(service.aggregates))
    for (const command of Object.keys(decider.decide)) deciders.set(command, { aggregate, decider });

  /** The state of a stream at each version, starting at 0. */
  const statesOf = (stream: string): readonly unknown[] => {
    const found = known.get(stream);
    if (found) return found;
    const decider = service.aggregates[aggregateOf(stream)]?.decider;
    const states: unknown[] = [decider?.initialState];
    for (const { event, meta } of (streams.get(stream) ?? []).flatMap(factsIn))
      states.push(decider?.evolve[event.type]?.(states.at(-1), event, meta) ?? states.at(-1));
    known.set(stream, states);
    return states;
  };

  return {
    streamOf: (command: Message): string => {
      const row = deciders.get(command.type);
      return row ? `${row.aggregate}/${Reflect.get(command, row.decider.key)}` : "";
    },
    /** Why this commit is a wrong answer to the command; undefined if it is correct. */
    wrong: (commit: Commit, command: Message): string | undefined => {
      const row = deciders.get(command.type);
      if (!row) return `no decider handles ${command.type}`;
      const { aggregate, decider } = row;
      const states = statesOf(commit.stream);
      const base = commit.events.length > 0 ? commit.version - 1 : commit.version;
      if (base >= states.length) return `it was decided on version ${base}, which does not exist`;
      const decision = decider.decide[command.type]?.(command, states[base]) ?? [];
      if ("rejected" in decision)
        return isDeepStrictEqual(decision, commit.rejection) ? undefined : `it should be rejected: ${decision.rejected}`;
      if (commit.events.length === 0) {
        if (decision.length === 0) return commit.rejection ? `it was rejected (${commit.rejection.rejected}) without a reason` : undefined;
        if (commit.rejection && isTaken(decider, states[base], decision, commit)) return undefined;
        return `it should be ${decision.map(({ type }: Message) => type).join(", ")}`;
      }
      const same =
        decision.length === commit.events.length &&
        decision.every((event: Message, index: number) => {
          const stored = commit.events[index];
          return stored && Buffer.compare(codec.encode(aggregate, event).bytes, stored.bytes) === 0 && event.type === stored.type;
        });
      return same
        ? undefined
        : `the same decision taken again is ${decision.map(({ type }: Message) => type).join(", ") || "nothing to do"}`;
    },
  };
};

/** Whether the rejection is the one for a claim that the decision would take. */
const isTaken = (decider: AnyDecider, before: unknown, events: readonly Message[], { rejection, stream }: Commit): boolean => {
  let state = before;
  for (const event of events) state = decider.evolve[event.type]?.(state, event, metaless(stream)) ?? state;
  const held = new Set(decider.claims?.(before));
  return (decider.claims?.(state) ?? []).some((claim) => !held.has(claim) && isDeepStrictEqual(decider.taken?.(claim), rejection));
};

const metaless = (stream: string) => ({
  ...{ eventId: "", stream, version: 0, time: "", actor: { userId: "", ownerPath: "" } },
  ...{ correlationId: "", causationId: null, actionId: null },
});
