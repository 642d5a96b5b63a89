import { faults, type Section, tests } from "../promise.ts";

export const operation: Section = {
  title: "Operation",
  promises: [
    {
      id: "local-processes",
      promise: "A local process outlives its provider; a process that dies is restarted, and its node shows it.",
      how: "processes are adopted by pid and start time; signals report a node's present state, and deciders compare it",
      keptBy: ["services/providers/local/machine", "services/providers/local/signals.ts"],
      proofs: [
        ...tests(
          "services/providers/local/outlives.integration.ts",
          "a provider that is killed leaves its processes running; the next one adopts them, restarts what died, and says so",
        ),
        ...tests(
          "services/providers/local/nodes.integration.ts",
          "a process that is killed is restarted, and meanwhile the API says that its node is unhealthy",
        ),
        ...tests(
          "choreography/nodes.test.ts",
          "a process that dies makes its node unhealthy, and it is well again once its successor has stayed up",
        ),
      ],
    },
    {
      id: "everything-fails",
      promise: "Within 30 seconds of the last fault the platform is consistent again, without a manual step.",
      how: "all mechanisms above together",
      keptBy: ["events/run.ts"],
      proofs: [
        ...tests(
          "faults/short.integration.ts",
          "nothing acknowledged is lost and nothing is done twice when everything fails once while people work",
        ),
        ...tests("faults/checker.test.ts", "it is found that …"),
        ...faults("1", "2", "2b", "3", "4"),
      ],
    },
  ],
};
