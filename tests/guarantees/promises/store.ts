import { faults, rules, type Section, tests } from "../promise.ts";

const contract = "contract/store.ts";
const due = "contract/store-due.ts";

export const store: Section = {
  title: "Streams and the store",
  promises: [
    {
      id: "acknowledged",
      promise: "An acknowledged command is not lost.",
      how: "one insert stores the decision and the due mark for its publication",
      keptBy: ["events/store/execute.ts", "events/mongo/store.ts"],
      proofs: [
        ...rules("an acknowledged request is recorded", "every request is answered"),
        ...tests(
          "events/mongo/outage.integration.ts",
          "a store killed in the middle of writes has everything it acknowledged when it is back",
        ),
        ...tests(
          "faults/short.long.ts",
          "nothing acknowledged is lost and nothing is done twice when everything fails once while people work",
        ),
        ...faults("1", "3", "3b", "3c", "3d", "4", "4b"),
      ],
    },
    {
      id: "stream-id",
      promise:
        "A stream id consists of the aggregate and a key without `/` and `@`; an event id consists of the stream id and the version.",
      how: "the service checks the key before it decides a command; one aggregate decides each command",
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
      promise: "When several writers write the same version of a stream, exactly one succeeds; a stream has no gaps.",
      how: "stream id and version form the unique `_id` of the commit",
      keptBy: ["events/mongo/store.ts"],
      proofs: [
        ...tests(contract, "of fifty appends of one version exactly one wins", "a commit comes back as it was given, to every instance"),
        ...rules("streams are in order and without a gap"),
      ],
    },
    {
      id: "own-database",
      promise: "Only the credentials of a service open its database.",
      how: "each database has its own user",
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
      promise: "An event that does not fit its schema or is too large for the log is not committed.",
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
      promise: "A command with a cause is decided once, even if the decision is “nothing to do” or a rejection.",
      how: "the cause is unique; a decision without events is stored as a receipt",
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
      promise: "A decision without events is based on the newest state, never on cached state alone.",
      how: "the service reads the stream again from the primary before it accepts a decision without events",
      keptBy: ["events/store/execute.ts"],
      proofs: rules("a decision without events is taken on the head", "decisions follow from state and command alone"),
    },
    {
      id: "majority",
      promise: "A duplicate key counts only if a majority read finds the commit that holds it.",
      how: "if no such commit is found, the command is decided again",
      keptBy: ["events/store/execute.ts"],
      proofs: rules("an acknowledged request is recorded"),
    },
    {
      id: "due-marks",
      promise: "A commit records its own pending work until that work is done.",
      how: "due marks for publication, effects and timers; one worker per service scans them by stream and version",
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
      promise: "A claimed value belongs to exactly one stream of the service.",
      how: "claims are unique; a claim that its holder gave up is released, and the insert is retried",
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
      promise: "A store restored from a backup recovers newer commits from Kafka before it decides any command.",
      how: "headers carry the cause and the bounds of a commit; at the start own topics are compared with the store from its watermarks on",
      keptBy: ["events/replay/restore.ts", "events/log/watermarks.ts", "events/log/cause.ts"],
      proofs: [
        ...tests(
          "events/replay/restore.test.ts",
          "a store that was put back has again what it had decided since, from the log: causes, claims, effects, timers",
          "what is restored is not published again, and the store is whole for the next start",
          "a store that lost everything is made anew from the log",
          "a process may die at any call while it restores: the next one completes it",
          "a start is refused where store and log contradict each other, and both are named",
          "nothing is decided, and no due work begins, before the store is whole",
        ),
        ...tests(
          "events/replay/restore.long.ts",
          "a store that is put back after 1000 further commands has again all that is on Kafka, and audits equal",
        ),
        ...rules("what is restored is not published again", "an acknowledged request is recorded"),
        ...tests(
          "services/chassis/restoring.test.ts",
          "no header on the log has a cause in clear that does not follow from another event",
          "a request that is repeated with its key after its service was restored is not carried out again",
          "a service answers 503 until its store has what the log has",
          "a record that an operator knows to be forged is left out by its place, and that is recorded",
        ),
      ],
    },
  ],
};
