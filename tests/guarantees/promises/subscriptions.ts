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
      promise: "Each read model, and the reactions of each service, lag and fail independently.",
      how: "each has its own consumer group and position",
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
      promise: "A service saves its position after it has written the batch; if the position is lost, it reads from the start.",
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
      promise: "Repeated events, rebalances and concurrent owners change no read model.",
      how: "compare-and-set on the version; known versions are skipped; tombstones keep their version",
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
      promise: "An event that a table fails to handle stops only its own stream; later events of the stream wait in order.",
      how: "the event is parked with its reason and origin, and copied to the dead letter topic",
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
      promise: "Parked events are redriven in order on request, or discarded on record; a crash in between skips no event.",
      how: "the owner of the partition picks up requests, whichever instance received them",
      keptBy: ["events/subscription/parking/retry.ts"],
      proofs: [
        ...tests(
          redrive,
          "a redrive works a parked stream off in order, and it goes on",
          "the owner notices within seconds what another instance was asked",
          "poison that is discarded is recorded and never comes back; the later events of its stream go on",
          "a crash at any step of a redrive, and new events in the middle of it, skip nothing and change no order",
        ),
        ...tests("events/subscription/poison.long.ts", "100 poison in 2,000 events: …"),
        ...faults("9"),
      ],
    },
    {
      id: "outage",
      promise: "An outage pauses the subscription and parks nothing.",
      how: "adapters distinguish an outage from a bug",
      keptBy: ["events/subscription/subscriber.ts"],
      proofs: [...tests(parking, "while a port is down the subscription pauses and parks nothing"), ...faults("3")],
    },
    {
      id: "future-schema",
      promise: "An event of an unknown schema waits until a build knows the schema, and loses no field.",
      how: "its stream is parked; each new build tries it again",
      keptBy: ["events/subscription/parking/sweep.ts"],
      proofs: [
        ...tests(parking, "an event of a schema from the future waits until a build comes that knows it, and loses no field"),
        ...faults("10"),
      ],
    },
    {
      id: "audit",
      promise: "An audit of the headers finds every version that is missing on the log.",
      how: "`pitrix audit` reads the headers of the whole log",
      keptBy: ["events/subscription/audit.ts", "services/chassis/operator/audit.ts"],
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
      id: "reactions-begin",
      promise: "The reactions of a service get every event from the moment at which the service is ready for the first time.",
      how: "the end of the log is saved as the first position of each partition before the service is ready",
      keptBy: ["events/subscription/assignments.ts"],
      proofs: tests(
        "events/subscription/begin.test.ts",
        "reactions get every event that came after their service was ready for the first time, however late partitions are assigned",
        "reactions do not get events from before the first start of their service",
      ),
    },
    {
      id: "new-fold",
      promise: "A changed projection fills a new collection while the old one serves reads; then the readers switch.",
      how: "a pointer names the active collection; it moves by compare-and-set, once the next one has caught up and every live instance can read it",
      keptBy: ["events/subscription/pointer.ts", "events/subscription/read-models.ts"],
      proofs: [
        ...tests("guarantees/tables.test.ts", "another version of a fold fills another collection"),
        ...tests(
          "events/subscription/new-fold.test.ts",
          "a build that can read the old fold is ready at once, and answers from the new one only when all is in it",
          "a build that cannot read the old fold is not ready before its own is filled",
          "the pointer stays while an instance lives that cannot read the new fold, and both collections get what happens",
          "a step back to the older build catches up first, and what nobody needs is dropped after the grace",
          "a collection is dropped only after everybody has stopped filling it",
          "a crash at any call of the build that brings the new fold leaves the old one or the new one active, whole",
        ),
        ...rules(
          "queries show what they have shown",
          "an instance answers from a fold that it can read",
          "a live instance can read the active fold",
        ),
      ],
    },
    {
      id: "rebuild",
      promise:
        "A read model is filled anew beside the live one, compared with it at a fixed position of the log, and promoted if it is equal; a crash at any moment leaves the live one untouched or wholly swapped.",
      how: "one instance, under a lease, fills a collection up to the ends of the log and stores the verdict in the pointer; a promotion needs it",
      keptBy: ["events/subscription/rebuild.ts", "events/subscription/rebuilds.ts", "events/subscription/verify.ts"],
      proofs: [
        ...tests(
          "events/subscription/rebuild.test.ts",
          "a rebuild stops at exactly the ends of the log, and equals the live collection although that one has gone on",
          "a later verification goes on to later ends, and a promotion follows the log and takes over",
          "what somebody changed, removed or added by hand is named with its fields and the events that set them",
          "a stream whose fold throws is parked for the rebuild alone, without a word on the dead letter topic, and is no difference",
          "a stream that only the live collection has parked is compared up to the parked event",
          "a crash at any call of whoever rebuilds, verifies and promotes leaves the live collection untouched or wholly swapped",
        ),
        ...tests("services/cli/replay.test.ts", "what is not equal is not promoted, unless somebody says so aloud"),
        ...faults("16", "17"),
      ],
    },
    {
      id: "audited",
      promise: "An audit of a running platform names every document that is not its fold, and every event that is forged or missing.",
      how: "each service folds its streams anew at the versions that its documents have, and says which events it committed",
      keptBy: ["services/chassis/operator/audit.ts", "services/chassis/http/audit-routes.ts"],
      proofs: [
        ...tests(
          "services/cli/audit-models.test.ts",
          "an audit of a platform as it is finds nothing, whole and in samples, also while it is used",
          "documents that somebody changed, removed or added by hand are named with their fields and events, and counted for an alert",
          "a commit that is missing in the store is told from a forged event, and a lost end of a topic is found",
        ),
      ],
    },
    {
      id: "made-again",
      promise: "A topic that was lost and made again is read from its start, although old positions look valid.",
      how: "the id of the topic is kept beside the positions",
      keptBy: ["events/mongo/documents.ts", "events/kafka/describe.ts"],
      proofs: tests(
        "services/chassis/made-again.test.ts",
        "a topic that was lost and made again is read from its start, although the old positions look valid",
        "one that is the same is read on from the positions",
      ),
    },
    {
      id: "rebuild-pace",
      promise: "A rebuild at an automatic rate makes neither reads nor the time until commits show longer than one and a half times.",
      how: "both are measured before and while it runs, and the rate follows the worse one",
      keptBy: ["events/subscription/pace.ts"],
      proofs: tests(
        "events/subscription/pace.test.ts",
        "with `auto` neither reads nor commits until they show take more than one and a half times as long as before, and it uses what is left",
      ),
    },
    {
      id: "no-order-between-streams",
      promise:
        "Nothing relies on the order between streams: a request waits a bounded time for missing data, then the caller is asked to retry.",
      how: "each service keeps its own read models of other services' facts",
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
      promise: "An aggregate ignores outcomes of other actions.",
      how: "requests carry an action id, outcomes echo it",
      keptBy: ["services/cluster/domain.ts", "services/providers/kit/domain.ts"],
      proofs: [
        ...tests("services/cluster/domain.test.ts", "what its provider reports of another action is ignored"),
        ...tests("services/providers/kit/domain.test.ts", "a later action puts an earlier one aside: its reports are ignored"),
        ...rules("services agree on what happened"),
      ],
    },
    {
      id: "hops",
      promise: "A cycle of reactions stops.",
      how: "each reaction counts its predecessors; the limit is 64",
      keptBy: ["events/subscription/reactions.ts"],
      proofs: tests("guarantees/tables.test.ts", "after 64 reactions in a row the next one is refused as a circle"),
    },
  ],
};
