import type { Committed } from "../process.ts";
import { aggregateOf, type Evidence, streamsOf, type Violation } from "./evidence.ts";

/**
 * Checks the effects as the outside saw them: no call takes effect twice, the calls of a stream are in order, no process starts a call after it
 * knew of the outcome, or if it started after the outcome. Every effect has its outcome.
 */
export const checkEffects = function* ({
  services,
  databases,
  commits,
  ledger,
  attempts,
  finishes,
  factsIn,
}: Evidence): Generator<Violation> {
  const finished = new Map<string, number>();
  const heard = new Map<string, Committed>();
  for (const committed of commits) {
    const { step, commit } = committed;
    const effect = commit.cause?.endsWith("/effect/outcome") ? `effect ${commit.cause.slice(0, -"/effect/outcome".length)}` : undefined;
    if (effect !== undefined && committed.heard) heard.set(effect, committed);
    for (const thing of [effect, ...factsIn(commit).map(({ event }) => finishes(event))])
      if (thing !== undefined && !finished.has(thing)) finished.set(thing, step);
  }
  const done = new Set<string>();
  const last = new Map<string, number>();
  for (const { thing, stream, version } of ledger) {
    if (done.has(thing)) yield { rule: "no effect twice", about: stream, message: `the outside performed ${thing} twice` };
    done.add(thing);
    if (version < (last.get(stream) ?? 0))
      yield {
        rule: "effects of a stream are in order",
        about: stream,
        message: `${thing} of version ${version} was performed after the call of version ${last.get(stream)}`,
      };
    last.set(stream, Math.max(version, last.get(stream) ?? 0));
  }
  for (const { thing, incarnation, step } of attempts) {
    const over = finished.get(thing);
    const own = heard.get(thing);
    if (own && own.incarnation === incarnation && own.step < step)
      yield {
        rule: "what has its outcome is not begun again",
        about: own.commit.stream,
        message: `${incarnation.name} began ${thing} again although it knew of its outcome`,
      };
    if (over !== undefined && incarnation.born >= over)
      yield {
        rule: "what has its outcome is not begun again",
        about: "",
        message: `${incarnation.name} began ${thing} at step ${step}, though it was over at ${over}, before ${incarnation.name} was born`,
      };
  }
  for (const service of services) {
    const database = databases.get(service.name);
    if (!database || !Object.values(service.aggregates).some(({ effects }) => effects)) continue;
    for (const [stream, own] of streamsOf(database))
      for (const { event, meta } of own.flatMap(factsIn)) {
        const effect = service.aggregates[aggregateOf(stream)]?.effects?.[event.type];
        if (effect && !effect.isStillNeeded && !finished.has(`effect ${meta.eventId}`))
          yield {
            rule: "every effect has its outcome",
            about: stream,
            message: `the effect of ${meta.eventId} (${event.type}) has no outcome`,
          };
      }
  }
};
