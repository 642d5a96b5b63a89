import { deadLetterTopic } from "../../contract.ts";
import type { Parked } from "../../ports.ts";
import type { Evidence, Fact, Violation } from "./evidence.ts";
import { factsOnLog, reads } from "./read-models.ts";

/** Checks that exactly the poisoned events and all later events of their streams are parked, both in the store and on the dead letter topic. */
export const checkParking = function* (evidence: Evidence): Generator<Violation> {
  const facts = factsOnLog(evidence);
  for (const { name, projections = [], reactions } of evidence.services) {
    const database = evidence.databases.get(name);
    if (!database) continue;
    const dead = new Set(
      (evidence.contents.get(deadLetterTopic(evidence.contract, name)) ?? [])
        .flat()
        .map(({ headers }) => `${headers[`${evidence.contract.prefix}-subscription`]} ${headers.ce_id}`),
    );
    const parked = new Map<string, Parked>();
    for (const each of database.parked.values()) parked.set(`${each.subscription} ${each.eventId}`, each);
    const subscriptions: readonly (readonly [string, string, (fact: Fact) => boolean])[] = [
      ...projections.map((each) => [`${each.name}__v${each.version}`, `${name}.${each.name}`, (fact: Fact) => reads(each, fact)] as const),
      ["reactions", `${name}.reactions`, ({ event }: Fact) => reactions !== undefined && event.type in reactions],
    ];
    const poisoned = new Set<string>();
    for (const [subscription, table, reading] of subscriptions)
      for (const [stream, all] of facts) {
        const read = all.filter(reading);
        const first = read.findIndex(({ meta }) => evidence.bad(table, meta));
        if (first < 0) continue;
        poisoned.add(`${subscription} ${stream}`);
        for (const { meta } of read.slice(first)) {
          const wrong = (message: string): Violation => ({ rule: "a parked stream waits whole", about: stream, message });
          if (!parked.has(`${subscription} ${meta.eventId}`)) yield wrong(`${name}'s ${subscription} has not parked ${meta.eventId}`);
          else if (!dead.has(`${subscription} ${meta.eventId}`))
            yield wrong(`${meta.eventId} of ${subscription} is not on the dead letter topic`);
        }
      }
    for (const { subscription, stream, eventId, reason } of parked.values())
      if (!poisoned.has(`${subscription} ${stream}`))
        yield {
          rule: "nothing is parked but poison",
          about: stream,
          message: `${name}'s ${subscription} has parked ${eventId}: ${reason}`,
        };
  }
};
