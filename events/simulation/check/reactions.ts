import type { Message } from "../../message.ts";
import { decisions } from "./decisions.ts";
import type { Evidence, Violation } from "./evidence.ts";
import { factsOnLog } from "./read-models.ts";

/** Checks that every event with a reaction led to each of its commands once: a commit or a receipt, decided correctly, with the event as its cause. */
export const checkReactions = function* (evidence: Evidence): Generator<Violation> {
  const facts = factsOnLog(evidence);
  for (const service of evidence.services) {
    const database = evidence.databases.get(service.name);
    if (!service.reactions || !database) continue;
    const decide = decisions(service, database, evidence);
    for (const stream of facts.values())
      for (const { event, meta } of stream) {
        const rows = [service.reactions[event.type] ?? []].flat();
        if (rows.length === 0) continue;
        if (evidence.bad(`${service.name}.reactions`, meta)) break;
        const commands = rows.flatMap(({ issues, given }) =>
          [given(event, meta)].flat().map((fields): Message => ({ ...fields, type: issues })),
        );
        for (const command of commands) {
          const cause = `${meta.eventId}/${event.type}/${decide.streamOf(command)}/${command.type}`;
          const found = database.commits.get(database.causes.get(cause) ?? "");
          const wrong = (rule: string, message: string): Violation => ({ rule, about: meta.stream, message });
          if (!found) {
            yield wrong("reactions are complete", `${service.name} has not executed ${command.type} for ${meta.eventId} (${event.type})`);
            continue;
          }
          const fault = found.stream === decide.streamOf(command) ? decide.wrong(found, command) : `it is in stream ${found.stream}`;
          if (fault) yield wrong("decisions follow from state and command alone", `${cause}: ${fault}`);
          const { causationId, correlationId, actor, actionId } = found.metadata;
          if (
            causationId !== meta.eventId ||
            correlationId !== meta.correlationId ||
            actor.userId !== meta.actor.userId ||
            actionId !== meta.actionId
          )
            yield wrong("a reaction carries on what its event carried", `${cause}: ${JSON.stringify(found.metadata)}`);
        }
      }
  }
};
