import { faults, rules, type Section, tests } from "../promise.ts";

export const effects: Section = {
  title: "Effects and timers",
  promises: [
    {
      id: "effects-in-order",
      promise: "The effects of a stream run one at a time, lowest version first, even if processes crash.",
      how: "one worker scans the due marks by stream and version",
      keptBy: ["events/effects/effects.ts"],
      proofs: rules("effects of a stream are in order", "the world comes to rest"),
    },
    {
      id: "one-outcome",
      promise: "An effect has exactly one outcome.",
      how: "the cause of an outcome derives from the event; the first committed outcome wins",
      keptBy: ["events/effects/effects.ts"],
      proofs: rules("every effect has its outcome", "what has its outcome is not begun again", "what was begun has ended"),
    },
    {
      id: "unwanted",
      promise: "An effect that is no longer needed stops.",
      how: "each attempt first checks the folded state; a commit that makes the effect unnecessary aborts it",
      keptBy: ["events/effects/effects.ts"],
      proofs: [...rules("what was begun has ended"), ...tests("services/repo/resuming.test.ts", "a run that is replaced stops reading")],
    },
    {
      id: "once-outside",
      promise: "An external system sees one effect if it honours idempotency keys or can be inspected first.",
      how: "the idempotency key is the event's id, or the task's own key",
      keptBy: ["events/effects/effects.ts", "services/providers/kit/effects.ts"],
      proofs: [
        ...rules("no effect twice"),
        ...tests(
          "services/providers/local/machine/commands.integration.ts",
          "a command whose key succeeded is not run again, also not by a later machine",
        ),
        ...tests(
          "services/providers/local/machine/crashes.long.ts",
          "wherever a deployment crashes, its repetition leads to one process that knows its metadata",
        ),
        ...faults("1", "15", "18"),
      ],
    },
    {
      id: "actions-end",
      promise:
        "Every action on a cluster ends, whether its provider runs or not; what a provider did not announce is refused before anything happens.",
      how: "timers of the provider and of the cluster; what fails, is given up or comes too late is taken back by its opposite",
      keptBy: ["services/cluster/timers.ts", "services/cluster/capabilities.ts", "services/providers/kit/undo.ts"],
      proofs: [
        ...tests(
          "choreography/deadlines.test.ts",
          "an action whose provider is silent ends at its deadline",
          "a provider that comes too late takes back what it does",
          "a provider that gets nowhere gives up before the cluster does, and takes back what it has done",
          "a start that hangs is given up, and what has started is stopped again",
          "a forced deletion ends although its provider is silent, which carries it out when it is back",
          "nodes of an addition that was put aside are gone after the next action",
        ),
        ...tests(
          "services/cluster/http.test.ts",
          "what the provider has not announced is refused before anything happens, unless it is forced",
        ),
      ],
    },
    {
      id: "refused-before",
      promise:
        "A credential, a chart or values that the outside would refuse are refused before anything happens, and what hangs holds up nobody.",
      how: "the service asks the provider, which asks the API server and helm, for six seconds at most; who does not answer is passed over",
      keptBy: ["services/cluster/capabilities.ts", "services/providers/kubernetes/inquiries.ts"],
      proofs: [
        ...tests(
          "services/providers/kubernetes/inquiries.integration.ts",
          "a credential that is not good is refused with the reason",
          "a server whose certificate has expired, or that is none of Kubernetes, is refused",
          "a chart with values is judged by Helm …",
        ),
        ...tests(
          "services/cluster/charts.test.ts",
          "a chart with values that helm refuses is refused before anything happens, in helm's words",
          "every action that deploys a chart is judged beforehand, with the values that the cluster keeps, and nothing happens that helm refuses",
          "whose API server is down holds up no judgement about another one",
          "a provider that does not answer holds up nothing",
        ),
      ],
    },
    {
      id: "watched",
      promise: "What becomes of a release unasked is said on its cluster, in few events, whichever instance dies.",
      how: "one instance a runtime watches under a lease; who begins looks at everything first, and the decider compares it with what is known",
      keptBy: [
        "services/providers/kubernetes/watching.ts",
        "services/providers/kubernetes/reports.ts",
        "services/providers/kubernetes/drift.ts",
      ],
      proofs: [
        ...tests(
          "services/providers/kubernetes/watching.test.ts",
          "a pod that is replaced is another node, and one that is gone is none",
          "what is changed by hand is said on the cluster, and where it is reached",
          "a provider that dies looks at how things are when it is back, and reports what differs",
          "one of several instances watches a runtime, and another one goes on when it dies",
          "a pod that flaps writes few events, and nothing is watched once the cluster is stopped",
        ),
        ...tests(
          "services/providers/kubernetes/turns.test.ts",
          "what is more than an instance watches is looked at in turns, and that is said",
          "an instance with room takes over the runtimes that another one has no room for",
        ),
        ...tests(
          "services/providers/kubernetes/live.integration.ts",
          "what is changed by hand is said, with where the release is reached; and an action takes it back",
          "a watch says what has changed, goes on after an outage, and looks at everything when the server has forgotten",
        ),
      ],
    },
    {
      id: "slow-targets",
      promise: "A slow runtime or repository holds up no other one.",
      how: "each has a breaker and places of its own; calls that are slow give their place to quick ones",
      keptBy: ["events/effects/places.ts", "services/repo/remote/pace.ts"],
      proofs: [
        ...tests(
          "services/providers/kubernetes/bulkhead.test.ts",
          "32 installs of one runtime that hang stop no install and no watch on another one",
          "a runtime that hangs while it is watched holds up no other watch, and no stop of its provider",
        ),
        ...tests(
          "services/repo/owners.test.ts",
          "repositories that never answer hold up their owner's, and no other's",
          "repositories that never answer do not hold up their owner's others for long",
        ),
        ...tests("events/places.test.ts", "calls of a target that are slow do not hold up its quick ones, until as many again are slow"),
        ...tests(
          "services/repo/read-file.test.ts",
          "a server that asks for a pause gets it, and the file is read then",
          "a pause is no part of the time limit, holds for all files of the server, and is not endless",
        ),
      ],
    },
    {
      id: "breakers",
      promise: "Calls to an unresponsive system fail fast until it answers again, and no call waits for ever.",
      how: "calls to external systems go through a circuit breaker with a timeout",
      keptBy: ["services/chassis/process/breaker.ts"],
      proofs: [
        ...tests(
          "services/chassis/breaker.test.ts",
          "a breaker opens after failures, fails fast, tries once, and closes when that works",
          "what takes too long is told to stop, and is an outage",
        ),
        ...tests(
          "services/api/failures.test.ts",
          "a service is dead: writes are refused at once, reads get what the same caller got last, and it is noticed when it lives",
        ),
      ],
    },
    {
      id: "timers",
      promise: "Every timer fires; firing early, late or twice changes nothing.",
      how: "a timer is a due mark; its command has a cause; deciders check the action, never a clock",
      keptBy: ["events/effects/timers.ts"],
      proofs: [
        ...rules("timers fire", "decisions follow from state and command alone"),
        ...tests("services/account/password.test.ts", "a password reset expires, once, unless it was used"),
      ],
    },
  ],
};
