import { faults, rules, type Section, tests } from "../promise.ts";

export const effects: Section = {
  title: "Effects and timers",
  promises: [
    {
      id: "effects-in-order",
      promise: "The effects of a stream run one at a time, the lowest version first, whoever dies meanwhile.",
      how: "due marks walked by stream and version",
      keptBy: ["events/effects/effects.ts"],
      proofs: rules("effects of a stream are in order", "the world comes to rest"),
    },
    {
      id: "one-outcome",
      promise: "An effect ends in one outcome.",
      how: "the outcome's cause is the event's; the first committed one wins",
      keptBy: ["events/effects/effects.ts"],
      proofs: rules("every effect has its outcome", "what has its outcome is not begun again", "what was begun has ended"),
    },
    {
      id: "unwanted",
      promise: "An effect that is no longer wanted stops.",
      how: "each attempt asks the folded stream first, and is aborted when a commit makes it unwanted",
      keptBy: ["events/effects/effects.ts"],
      proofs: [...rules("what was begun has ended"), ...tests("services/repo/resuming.test.ts", "a run that is replaced stops reading")],
    },
    {
      id: "once-outside",
      promise: "The outside sees one effect where it honours keys or can be looked at first.",
      how: "the idempotency key is the event's id, or a task's own",
      keptBy: ["events/effects/effects.ts", "services/providers/deployment/effects.ts"],
      proofs: [
        ...rules("no effect twice"),
        ...tests(
          "services/providers/local/machine/commands.integration.ts",
          "a command whose key succeeded is not run again, also not by a later machine",
        ),
        ...tests(
          "services/providers/local/machine/crashes.integration.ts",
          "wherever a deployment crashes, its repetition leads to one process that knows its metadata",
        ),
        ...faults("1", "15", "18"),
      ],
    },
    {
      id: "breakers",
      promise: "Who does not answer is asked no more until it does, and no call waits without end.",
      how: "calls to the outside go through a breaker with a timeout",
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
      promise: "A timer fires, and firing early, late or twice changes nothing.",
      how: "a timer is a due mark; its command has a cause, and deciders ask for the action, never a clock",
      keptBy: ["events/effects/timers.ts"],
      proofs: [
        ...rules("timers fire", "decisions follow from state and command alone"),
        ...tests("services/account/user.test.ts", "a password reset expires, once, unless it was used"),
      ],
    },
  ],
};
