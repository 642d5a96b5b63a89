import { isDeepStrictEqual } from "node:util";
import type { Commit } from "../../ports.ts";
import { decisions } from "./decisions.ts";
import type { Evidence, Violation } from "./evidence.ts";

/** Checks that acknowledged commits are stored, that every request with a cause has exactly one answer, and that each answer follows from its state. */
export const checkAnswers = function* (evidence: Evidence): Generator<Violation> {
  const { services, databases, exchanges, loss } = evidence;
  const deciders = new Map(services.map((service) => [service.name, service]));
  const again = new Map<string, ReturnType<typeof decisions>>();
  for (const { request, number, answers, over } of exchanges) {
    const { command, cause } = request;
    const service = deciders.get(request.service);
    const database = databases.get(request.service);
    if (!service || !database) continue;
    const decide = again.get(service.name) ?? decisions(service, database, evidence);
    again.set(service.name, decide);
    const about = decide.streamOf(command);
    const wrong = (rule: string, message: string): Violation => ({
      rule,
      about,
      message: `request ${number}, ${command.type}: ${message}`,
    });
    if (!over || (cause !== null && answers.length === 0)) yield wrong("every request is answered", "it never was");
    // Its answer was lost with the receipt; if it came again, it was decided again.
    if (cause !== null && loss?.service === service.name && loss.receipts.has(cause)) continue;
    const id = cause === null ? undefined : database.causes.get(cause);
    const recorded = id === undefined ? undefined : database.commits.get(id);
    for (const { outcome, since } of answers) {
      const { commit, rejection, version } = outcome;
      if (cause !== null && !recorded) yield wrong("an acknowledged request is recorded", `nothing is recorded for its cause ${cause}`);
      if (recorded) {
        const last = recorded.events.length === 0 ? recorded.version : recorded.version + recorded.events.length - 1;
        if (last !== version || !isDeepStrictEqual(recorded.rejection, rejection))
          yield wrong(
            "same cause, same answer",
            `it was answered ${outcome.stream}@${version}, but ${recorded.stream}@${last} is recorded`,
          );
      }
      if (commit) {
        const stored = database.commits.get(`${commit.stream}@${String(commit.version).padStart(12, "0")}`);
        if (!stored || !areSame(stored.events, commit.events) || stored.cause !== commit.cause)
          yield wrong("an acknowledged request is recorded", `${commit.stream}@${commit.version} is not what was acknowledged`);
      }
      if (!commit && !outcome.repeated && version < since)
        yield wrong(
          "a decision without events is taken on the head",
          `it was taken on version ${version} although there was version ${since}`,
        );
      const taken = commit ?? recorded;
      const fault = taken && decide.wrong(taken, command);
      if (fault) yield wrong("decisions follow from state and command alone", fault);
    }
  }
};

const areSame = (one: Commit["events"], other: Commit["events"]): boolean =>
  one.length === other.length &&
  one.every(({ type, schemaId, bytes }, index) => {
    const twin = other[index];
    return twin && twin.type === type && twin.schemaId === schemaId && Buffer.compare(twin.bytes, bytes) === 0;
  });
