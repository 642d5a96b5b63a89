import { faults, rules, type Section, tests } from "../promise.ts";

const documents = "contract/documents.ts";
const groups = "contract/log-groups.ts";
const parking = "events/subscription/parking.test.ts";
const redrive = "events/subscription/redrive.test.ts";

export const subscriptions: Section = {
  title: "Subscriptions and read models",
  promises: [
    {
      id: "alone",
      promise: "Each read model, and a service's reactions, lag and fail alone.",
      how: "a consumer group and a position each",
      keptBy: ["events/subscription/subscription.ts"],
      proofs: tests(
        groups,
        "each group gets everything",
        "a slow partition holds up no other",
        "after an error the same batch comes again, while other partitions go on",
      ),
    },
    {
      id: "positions",
      promise: "A position is kept by the service after what it stands for was written; a lost one means from the start.",
      how: "positions are documents of the service's store, written after the batch",
      keptBy: ["events/subscription/partition.ts", "events/subscription/position.ts"],
      proofs: [
        ...tests(documents, "positions and documents outlive a restart"),
        ...tests(
          groups,
          "the position is asked once an assignment, for each partition, and the reading begins there",
          "a position beyond the log, which was lost then, is the start",
        ),
        ...rules("reactions are complete", "read models equal a fresh fold"),
      ],
    },
    {
      id: "unchanged-by-repeats",
      promise: "Repeats, rebalances and two owners change no read model.",
      how: "compare-and-set on the version; versions seen are skipped; tombstones keep theirs",
      keptBy: ["events/subscription/projections.ts", "events/mongo/documents.ts"],
      proofs: [
        ...tests(
          documents,
          "a write folded from another version misses and changes nothing, while the others of its batch succeed",
          "of several that fold the same document on exactly one wins",
          "a tombstone keeps its version, is not found, and may come alive again",
        ),
        ...rules("read models equal a fresh fold"),
        ...tests(groups, "members that join and leave share the partitions and lose nothing"),
        ...faults("5", "7"),
      ],
    },
    {
      id: "parked",
      promise: "An event that a table cannot take stops its own stream only; later ones of the stream wait in order.",
      how: "parked with reason and origin, copied to the dead letter topic",
      keptBy: ["events/subscription/parking/park.ts", "events/subscription/dead-letter.ts"],
      proofs: [
        ...tests(
          parking,
          "an event whose function throws parks its stream at once; later events wait in order and all other streams go on",
          "what is parked stands on the dead letter topic as it was, with its origin and its reason",
          "who takes over a partition finds its parked streams, and skips no event",
        ),
        ...rules("a parked stream waits whole", "nothing is parked but poison"),
        ...faults("9"),
      ],
    },
    {
      id: "redriven",
      promise: "What is parked is worked off in order when somebody asks, or discarded on record; a crash in between skips nothing.",
      how: "the partition's owner notices what it is asked",
      keptBy: ["events/subscription/parking/retry.ts"],
      proofs: [
        ...tests(
          redrive,
          "a redrive works a parked stream off in order, and it goes on",
          "the owner notices within seconds what another instance was asked",
          "poison that is discarded is recorded and never comes back; the later events of its stream go on",
          "a crash at any step of a redrive, and new events in the middle of it, skip nothing and change no order",
        ),
        ...tests("events/subscription/poison.integration.ts", "100 poison in 2,000 events: …"),
        ...faults("9"),
      ],
    },
    {
      id: "outage",
      promise: "A port that is down pauses the subscription and parks nothing.",
      how: "an outage is told apart from a bug",
      keptBy: ["events/subscription/subscriber.ts"],
      proofs: [...tests(parking, "while a port is down the subscription pauses and parks nothing"), ...faults("3")],
    },
    {
      id: "future-schema",
      promise: "An event of a schema that is not known yet waits until it is, and loses no field.",
      how: "its stream is parked and tried again by each new build",
      keptBy: ["events/subscription/parking/sweep.ts"],
      proofs: tests(parking, "an event of a schema from the future waits until a build comes that knows it, and loses no field"),
    },
    {
      id: "audit",
      promise: "A version that is missing on the log is found by an audit of the headers.",
      how: "`pitrix audit` reads the headers of the whole log",
      keptBy: ["events/subscription/audit.ts", "services/cli/audit.ts"],
      proofs: [
        ...tests(
          "events/subscription/audit.test.ts",
          "a log on which each version of each stream is there, and first in order, has no findings, however much of it is repeated",
          "versions that are nowhere are found, at the start of a stream and within, with the record that shows it",
          "a version that comes for the first time after a later one is late, and missing no more",
        ),
        ...tests("services/cli/events.integration.ts", "the audit says of a stream …"),
      ],
    },
    {
      id: "new-fold",
      promise: "A changed fold fills a new collection while the old one serves, and then takes its readers over.",
      how: "the version of the fold is part of the collection's name",
      keptBy: ["events/subscription/projections.ts"],
      proofs: [...tests("guarantees/tables.test.ts", "another version of a fold fills another collection"), ...faults("16")],
      missing: "the interpreter `replay`, which moves the readers, is not there yet",
    },
    {
      id: "no-order-between-streams",
      promise: "Nothing relies on the order between streams: what has not arrived is waited for a bounded time, then “come again”.",
      how: "foreign facts are read models of one's own",
      keptBy: ["services/chassis/http/needs.ts"],
      proofs: [
        ...tests(
          "faults/found.test.ts",
          "what was acknowledged is never said not to exist because the read model is behind: come again later",
        ),
        ...rules("services agree on what happened"),
      ],
    },
    {
      id: "owner-decides",
      promise: "Where two services must agree, the owner decides: a runtime in use is not deleted.",
      how: "a runtime reserves itself for a cluster, or refuses",
      keptBy: ["services/runtime/domain.ts", "services/runtime/reactions.ts"],
      proofs: [
        ...tests(
          "services/runtime/domain.test.ts",
          "a cluster is refused a runtime that was never there, or is given up",
          "a runtime in use is not deleted, unless its clusters are forced out",
        ),
        ...tests(
          "choreography/cluster.test.ts",
          "a requested cluster is deployed once its runtime is reserved, and active when its provider is done",
        ),
        ...rules("services agree on what happened"),
      ],
    },
    {
      id: "action-ids",
      promise: "Outcomes of another action are ignored.",
      how: "requests carry an action id, outcomes echo it",
      keptBy: ["services/cluster/domain.ts", "services/providers/deployment/domain.ts"],
      proofs: [
        ...tests("services/cluster/domain.test.ts", "what its provider reports of another action is ignored"),
        ...tests("services/providers/deployment/domain.test.ts", "a later action puts an earlier one aside: its reports are ignored"),
        ...rules("services agree on what happened"),
      ],
    },
    {
      id: "hops",
      promise: "Reactions that go in circles stop.",
      how: "each reaction counts the ones before it, and 64 are the limit",
      keptBy: ["events/subscription/reactions.ts"],
      proofs: tests("guarantees/tables.test.ts", "after 64 reactions in a row the next one is refused as a circle"),
    },
  ],
};
