import { faults, rules, type Section, tests } from "../promise.ts";

const commands = "services/chassis/http/commands.test.ts";

export const http: Section = {
  title: "Commands over HTTP",
  promises: [
    {
      id: "same-key",
      promise: "A repeated idempotency key gets the same answer, even a rejection; another body under the same key is refused.",
      how: "the key is the cause; the response is stored with the first commit; new ids derive from the key",
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
      promise: "A request for several ids completes each id fully or not at all, and the answer says which.",
      how: "one command per stream",
      keptBy: ["services/chassis/http/command.ts"],
      proofs: tests(
        commands,
        "each id is its own: the good ones happen, the first refusal is the answer, its cause lists all",
        "what was broken off between two ids is finished under its key",
      ),
    },
    {
      id: "position",
      promise: "An answer contains its position, and a read that waits for this position shows the change.",
      how: "a write waits up to two seconds for the service's read models, then answers that it is pending",
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
      promise: "An outage is answered with 503 and Retry-After, never with 500.",
      how: "adapters distinguish an outage from a bug",
      keptBy: ["events/outage.ts", "services/chassis/http/problems.ts"],
      proofs: [
        ...tests("services/chassis/http/requests.test.ts", "an outage of the store is answered with 503 and when to try again"),
        ...tests("events/mongo/outage.integration.ts", "a store that is down is an error within seconds, …"),
        ...faults("3"),
      ],
    },
    {
      id: "rollout",
      promise: "A rolling restart of all processes fails no request and repeats no work.",
      how: "a process finishes its open requests before it exits; the gateway avoids instances that announced their shutdown",
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
      promise: "A caller can query what a request has caused, and what is still pending, while it runs.",
      how: "each service answers from its own store; it finds open reactions by evaluating the pure table",
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
    {
      id: "streams",
      promise:
        "A stream of events that comes back with its last id misses nothing, shows each event by the rights of its moment, and ends with its token.",
      how: "the id is a sealed vector of offsets; services give pages of their log with each event's owner, and the gateway asks for rights as it sends",
      keptBy: ["services/chassis/http/feed/feed.ts", "services/chassis/http/event-routes.ts", "services/chassis/http/streams.ts"],
      proofs: [
        ...tests(
          "services/api/events.test.ts",
          "the events of others never appear; a group's are for who is in it, and no longer for who has left it",
          "who comes back with the last id misses nothing, also at a new gateway",
          "a stream ends with its token, and says so; what comes then is not shown",
        ),
        ...tests(
          "services/api/events.long.ts",
          "on a real log a stream shows what happens, and misses nothing when all processes are killed in the middle; a webhook is sent what failed again",
        ),
        ...faults("19"),
      ],
    },
    {
      id: "webhooks",
      promise: "A webhook is sent the events of a stream in order, again for a day, signed, and at public addresses only.",
      how: "what waits and what is parked is kept for each webhook; later events of the stream stay behind it",
      keptBy: ["services/webhook/deliveries.ts", "services/webhook/holding.ts", "services/webhook/sender.ts"],
      proofs: [
        ...tests(
          "services/webhook/deliveries.test.ts",
          "events of one's resources are sent, signed as Standard Webhooks has it, and those of others are not",
          "after a failure the later events of the stream wait, other streams go on, and then all come in their order",
          "what fails for a day is parked, and redriven in order",
          "private addresses and redirects are refused",
          "another instance takes over where the first one was, and misses nothing",
        ),
        ...tests("services/webhook/queue.test.ts", "what was sent in the end leaves no documents behind: another message takes its place"),
        ...faults("19"),
      ],
    },
  ],
};
