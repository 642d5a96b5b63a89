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
      id: "local-gate",
      promise: "No process starts on a machine without the token that its runtime's credential has at that moment.",
      how: "one file starts processes, and it asks each time; the check of imports refuses any other",
      keptBy: ["services/providers/local/gate.ts", "services/providers/local/machine/launch.ts", "infra/lint/processes.ts"],
      proofs: [
        ...tests(
          "services/providers/local/gate.test.ts",
          "a cluster may use the machine by the token of the credential that its runtime has now",
        ),
        ...tests(
          "services/providers/local/nodes.integration.ts",
          "once its token is revoked, a cluster starts nothing more: no command, no restart; it can still be stopped and ceased",
        ),
      ],
    },
    {
      id: "local-isolation",
      promise: "As root, a node of a local cluster sees nothing of the platform or of another node.",
      how: "each node is a user of its own, in a directory that is closed to the others",
      keptBy: ["services/providers/local/machine/owner.ts", "services/providers/local/machine/users.ts"],
      proofs: tests(
        "services/providers/local/machine/isolation.integration.ts",
        "a node reads its package and its metadata, and writes its data only",
        "a node sees nothing of another cluster: no file, no process, no environment",
        "a node sees nothing of the platform: no key, no log, no environment of a process, and its own holds no setting",
        "what hides from the supervisor ends with its node all the same",
      ),
    },
    {
      id: "strangers",
      promise: "Somebody unknown gets probes and metrics only, and these not where people reach the platform.",
      how: "routes for the platform itself are a table that names who may ask, which is checked before a request is read",
      keptBy: ["services/chassis/http/internal-route.ts", "services/chassis/serve.ts"],
      proofs: [
        ...tests("services/strangers.test.ts", "no route of a service stands beside the tables", "what needs no token is written down"),
        ...tests(
          "services/chassis/operations-port.test.ts",
          "a service whose port is public has another one for those who operate it, on the loopback address",
        ),
      ],
    },
    {
      id: "one-release",
      promise:
        "On Kubernetes a cluster has one release or none, however often its provider dies, and a release of somebody else is left alone.",
      how: "labels of a revision name the cluster and the task that made it; what helm left unfinished is waited for, then taken back",
      keptBy: ["services/providers/kubernetes/release.ts", "services/providers/kubernetes/target.ts"],
      proofs: [
        ...tests(
          "services/providers/kubernetes/release.test.ts",
          "what an earlier attempt has done is not done twice",
          "a release that the cluster has not made is neither adopted nor removed",
          "a helm that may still run is waited for, and what it finishes counts",
          "what was abandoned or has failed is taken back before the next attempt",
        ),
        ...tests(
          "services/providers/kubernetes/outside.integration.ts",
          "an address that the operator has not allowed is refused before anything is sent",
          "an API server that is not the one of the kubeconfig's authority gets nothing",
          "nothing of an action stays on this machine: its folder is gone",
        ),
      ],
    },
    {
      id: "adopted-release",
      promise:
        "A Helm release that was there before its cluster is taken over once, by one cluster, or is as it was, however often its provider dies.",
      how: "only the revision that was looked at is labelled, on the version of it that was read; until the cluster has run, an undo goes back to it",
      keptBy: ["services/cluster/adoption.ts", "services/providers/kubernetes/adoption.ts", "services/providers/kubernetes/revisions.ts"],
      proofs: [
        ...tests(
          "services/providers/kubernetes/adoption.test.ts",
          "a provider that dies at any step of taking over goes on where it was: there is one release, and it is never removed",
          "an interrupted import is undone from any step, also if the undo is interrupted: the release is as it was before",
          "of two clusters that take over a release at once one does, whatever the other has done by then",
          "a cluster that is deleted by force while it takes over a release, and then ceased, leaves the release and its volumes alone",
        ),
        ...tests(
          "services/providers/kubernetes/effects.test.ts",
          "of a release that the cluster has not taken over, volumes are neither marked nor deleted, and neither is the release",
        ),
        ...tests(
          "services/cluster/charts.test.ts",
          "what the provider does not find, or another cluster has, is not taken over, and nothing happens",
        ),
      ],
    },
    {
      id: "moved",
      promise: "A platform that is moved to another Kafka and another store is the same there; what was erased stays erased.",
      how: "topics are written record by record to the same offsets and read back, stores follow, and nothing is overwritten",
      keptBy: ["services/cli/move.ts", "services/cli/export-events.ts", "events/mongo/copying.ts"],
      proofs: [
        ...tests(
          "services/cli/export.test.ts",
          "a platform is moved whole: every record where it was, every document, and of a destroyed key only that it is destroyed",
          "a version with other bytes, or with a gap before it, is named and refuses the import",
        ),
        ...tests(
          "services/cli/operate.long.ts",
          "an operator looks at a platform, stops it, moves it to an empty Kafka and an empty store, and finds it equal there",
        ),
      ],
    },
    {
      id: "gateway-tells",
      promise: "The gateway tells administrators, and nobody else, what the command finds on the services themselves.",
      how: "one table of inspections, which each service runs with its own rights and the gateway puts together",
      keptBy: ["services/chassis/operator/inspections.ts", "services/api/inspecting.ts", "services/cli/operator.ts"],
      proofs: [
        ...tests(
          "services/cli/gateway.test.ts",
          "the command tells of the gateway what the services themselves tell",
          "a read model is filled, compared and promoted through the gateway, and what is parked is tried again or given up",
          "audits, looks back, maps and causes are asked of the gateway",
          "the gateway is asked only with a token of an administrator; --direct goes past it",
        ),
        ...tests(
          "services/api/inspections.test.ts",
          "an audit over HTTP says how far it is, and names what is on the log without a commit, and documents that are wrong",
          "only administrators inspect, and a service does two at a time",
          "what is internal to a service is not shown over HTTP, and of secrets and of hashes only that they are there",
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
          "faults/short.long.ts",
          "nothing acknowledged is lost and nothing is done twice when everything fails once while people work",
        ),
        ...tests("faults/checker.test.ts", "it is found that …"),
        ...faults("1", "2", "2b", "3", "4"),
      ],
    },
  ],
};
