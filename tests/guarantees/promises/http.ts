import { faults, rules, type Section, tests } from "../promise.ts";

const commands = "services/chassis/http/commands.test.ts";

export const http: Section = {
  title: "Commands over HTTP",
  promises: [
    {
      id: "same-key",
      promise: "The same idempotency key gets the same answer, also a refusal; with another body it is refused.",
      how: "the key is the cause; the answer is kept with the first commit; new ids derive from the key",
      keptBy: ["services/chassis/http/command.ts", "services/chassis/http/recorded.ts"],
      proofs: [
        ...tests(
          commands,
          "the same idempotency key gives the same answer, also its secret, and happens once",
          "the same key at the same moment happens once",
          "another request under a used key is refused",
          "a refusal under a key stays the answer, whoever gave it",
          "a key answers as before although the world has changed since",
        ),
        ...tests("faults/found.test.ts", "who repeats a command while it is being decided gets its answer, and not an empty one"),
        ...rules("same cause, same answer"),
      ],
    },
    {
      id: "each-id",
      promise: "Of several ids each is done wholly or not at all, and the answer says which.",
      how: "a command a stream",
      keptBy: ["services/chassis/http/command.ts"],
      proofs: tests(
        commands,
        "each id is its own: the good ones happen, the first refusal is the answer, its cause lists all",
        "what was broken off between two ids is finished under its key",
      ),
    },
    {
      id: "position",
      promise: "An answer names its position, and a read that waits for it shows what was done.",
      how: "a write answers when the service's read models have it, within two seconds, else it says that it is pending",
      keptBy: ["services/chassis/http/command.ts", "events/run.ts"],
      proofs: [
        ...tests(
          commands,
          "a command answers its id, its position, and can be read at once",
          "a read waits for the position that it is given",
        ),
        ...tests("services/chassis/http/ids.test.ts", "positions survive the header, of each stream the highest"),
        ...rules("promises to those who ask"),
      ],
    },
    {
      id: "outages-are-told",
      promise: "An outage is answered 503 with when to come again, never 500.",
      how: "adapters tell an outage from a bug",
      keptBy: ["events/outage.ts", "services/chassis/http/problems.ts"],
      proofs: [
        ...tests("services/chassis/http/requests.test.ts", "an outage of the store is answered with 503 and when to try again"),
        ...tests("events/mongo/outage.integration.ts", "a store that is down is an error within seconds, …"),
        ...faults("3"),
      ],
    },
    {
      id: "rollout",
      promise: "Replacing every process one after the other fails no request and repeats no work.",
      how: "an orderly end finishes what is under way; the gateway leaves who has said goodbye",
      keptBy: ["services/chassis/process/shutdown.ts", "services/api/upstream.ts"],
      proofs: [
        ...tests("services/chassis/http/requests.test.ts", "an orderly end finishes the request under way, and takes no other"),
        ...tests(
          "services/api/failures.test.ts",
          "one of two instances is killed under load: no read fails, none is stale, and no keyed write fails",
        ),
        ...faults("18"),
      ],
    },
    {
      id: "command-trees",
      promise: "What a request set going, and what is left of it, can be asked while it runs.",
      how: "each service answers from its own store; an open reaction is found by asking the pure table",
      keptBy: ["services/chassis/http/causation-query.ts", "events/subscription/open-reactions.ts"],
      proofs: [
        ...tests(
          "services/api/commands.test.ts",
          "while a job runs its command shows what happened and what is due; when it is done, the whole tree",
        ),
        ...tests("events/subscription/open-reactions.test.ts", "after a real reaction none is open: the causes are the ones that run"),
        ...rules("a reaction carries on what its event carried"),
      ],
    },
  ],
};
