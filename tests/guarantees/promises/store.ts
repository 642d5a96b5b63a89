import { faults, rules, type Section, tests } from "../promise.ts";

const contract = "contract/store.ts";
const due = "contract/store-due.ts";

export const store: Section = {
  title: "Streams and the store",
  promises: [
    {
      id: "acknowledged",
      promise: "An acknowledged command is not lost.",
      how: "one insert holds the decision and the mark for its publication",
      keptBy: ["events/store/execute.ts", "events/mongo/store.ts"],
      proofs: [
        ...rules("an acknowledged request is recorded", "every request is answered"),
        ...tests(
          "events/mongo/outage.integration.ts",
          "a store killed in the middle of writes has everything it acknowledged when it is back",
        ),
        ...tests(
          "faults/short.integration.ts",
          "nothing acknowledged is lost and nothing is done twice when everything fails once while people work",
        ),
        ...faults("1", "3", "3b", "3c", "3d", "4", "4b"),
      ],
    },
    {
      id: "stream-id",
      promise: "A stream id is an aggregate and a key without `/` and `@`; an event's id is the stream and its version.",
      how: "the key is checked before a command is decided; one aggregate decides a command",
      keptBy: ["events/service.ts", "events/message.ts"],
      proofs: tests(
        "guarantees/tables.test.ts",
        "a key with a slash, an at sign or nothing in it is refused before anything is decided",
        "a command that two aggregates of a service decide is refused",
        "an event is on the log under its stream and version",
      ),
    },
    {
      id: "one-version",
      promise: "Of all that write one version of a stream one wins, and a stream has no gap.",
      how: "the stream and version are the `_id` of the commit, which is unique",
      keptBy: ["events/mongo/store.ts"],
      proofs: [
        ...tests(contract, "of fifty appends of one version exactly one wins", "a commit comes back as it was given, to every instance"),
        ...rules("streams are in order and without a gap"),
      ],
    },
    {
      id: "own-database",
      promise: "A service's database opens to that service's credentials only.",
      how: "one user a database",
      keptBy: ["infra/embedded/store/users.ts"],
      proofs: [
        ...tests(
          "infra/embedded/store/server.integration.ts",
          "a user reaches one database and no other, and nobody gets in without a password",
        ),
        ...tests("services/chassis/tls/store.integration.ts", "a service reads and writes its own database over TLS, and no other's"),
      ],
    },
    {
      id: "valid-events",
      promise: "Nothing is committed that does not fit its schema or is too large for the log.",
      how: "events are validated and measured before the insert",
      keptBy: ["events/codec/codec.ts", "events/store/execute.ts"],
      proofs: tests(
        "guarantees/tables.test.ts",
        "an event that lacks a field, or has one that its schema has not, is not committed",
        "an event that is too large for the log is not committed",
      ),
    },
    {
      id: "one-decision",
      promise: "A command with a cause is decided once, also where that was “nothing to do” or “no”.",
      how: "the cause is unique; a decision without events is a receipt",
      keptBy: ["events/store/execute.ts", "events/mongo/store.ts"],
      proofs: [
        ...tests(
          contract,
          "a cause is taken once in the service, also by a receipt and also at once",
          "a receipt is found by its cause and takes no version",
        ),
        ...rules("same cause, same answer", "reactions are complete"),
        ...faults("5", "15", "15b"),
      ],
    },
    {
      id: "on-the-head",
      promise: "A decision without events is taken on the newest state, never on a cached one alone.",
      how: "the stream is read again from the primary before nothing is decided",
      keptBy: ["events/store/execute.ts"],
      proofs: rules("a decision without events is taken on the head", "decisions follow from state and command alone"),
    },
    {
      id: "majority",
      promise: "A duplicate key counts only when a majority shows who holds it.",
      how: "without a holder to be read the decision is taken again",
      keptBy: ["events/store/execute.ts"],
      proofs: rules("an acknowledged request is recorded"),
    },
    {
      id: "due-marks",
      promise: "What a commit leaves to be done stands in the same commit, until it is done.",
      how: "due marks for publication, effects and timers; one worker a service walks them by stream and version",
      keptBy: ["events/mongo/due.ts", "events/log/relay.ts"],
      proofs: [
        ...tests(
          due,
          "a walk over …",
          "a cleared …",
          "the effects of one commit are cleared one by one, also at once",
          "timers come when they are due, earliest first, and only as many as asked for",
        ),
        ...tests(contract, "a restart keeps commits, marks, claims and leases"),
        ...rules("the world comes to rest"),
      ],
    },
    {
      id: "claims",
      promise: "A value that is claimed is held by one stream of the service.",
      how: "unique claims; one that its holder gave up is released, and the insert retried",
      keptBy: ["events/mongo/store.ts", "events/store/execute.ts"],
      proofs: [
        ...tests(
          contract,
          "a claim is held by one commit until it is released",
          "a claim goes from hand to hand as often as anybody likes",
          "of many that claim one value at once exactly one gets it",
        ),
        ...rules("a claim has one holder"),
      ],
    },
    {
      id: "restored",
      promise: "A store restored from a backup takes back what Kafka has beyond it before it decides anything.",
      how: "nothing yet",
      keptBy: [],
      proofs: [],
      missing: "there is no such start yet: restore the store only together with the log",
    },
  ],
};
