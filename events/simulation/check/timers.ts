import { decisions } from "./decisions.ts";
import { aggregateOf, type Evidence, streamsOf, type Violation } from "./evidence.ts";

/** Checks that every timer that was set has fired once. */
export const checkTimers = function* (evidence: Evidence): Generator<Violation> {
  const { services, databases, settings, factsIn } = evidence;
  for (const service of services) {
    const database = databases.get(service.name);
    if (!database || !Object.values(service.aggregates).some(({ timers }) => timers)) continue;
    const decide = decisions(service, database, evidence);
    for (const [stream, commits] of streamsOf(database))
      for (const { event, meta } of commits.flatMap(factsIn)) {
        const row = service.aggregates[aggregateOf(stream)]?.timers?.[event.type];
        if (row?.after(event, settings.get(service.name)) === undefined) continue;
        const command = { ...row.given(event, meta), type: row.issues };
        const found = database.commits.get(database.causes.get(`${meta.eventId}/timer/${command.type}`) ?? "");
        const fault = found ? decide.wrong(found, command) : `${command.type} was not carried out`;
        if (fault) yield { rule: "timers fire", about: stream, message: `the timer of ${meta.eventId}: ${fault}` };
      }
  }
};
