import { codec } from "../../events/codec/codec.ts";
import { type Evidence, factsOf } from "../../events/simulation/check/evidence.ts";
import { checkLog } from "../../events/simulation/check/log.ts";
import { checkReactions } from "../../events/simulation/check/reactions.ts";
import { checkRest } from "../../events/simulation/check/rest.ts";
import { checkStreams } from "../../events/simulation/check/streams.ts";
import { collections } from "../../events/subscription/collections.ts";
import { contract } from "../../services/chassis/contract.ts";
import { checkCommands } from "./check-commands.ts";
import { checkCalls } from "./check-outside.ts";
import { type Column, type Finding, finding, type Traces } from "./findings.ts";
import { differences, factsOnLog, rebuild } from "./models.ts";

const released = codec(contract.schemas);

/** Holds what a run left behind against the promises. Pure: the same traces, the same verdict. */
export const judge = (traces: Traces): readonly Finding[] => [
  ...checkCommands(traces),
  ...checkCalls(traces),
  ...checkModels(traces),
  ...checkBackbone(traces),
];

/** Every read model has the bytes of a full rebuild. */
export const checkModels = function* ({ services, databases, contents }: Left): Generator<Finding> {
  const facts = factsOnLog(contents);
  for (const { name, projections = [] } of services) {
    const models = collections(projections);
    for (const projection of projections) {
      const collection = models.of(projection.name);
      const stored = databases.get(name)?.models.get(collection);
      for (const { about, message } of differences(`${name}'s ${collection}`, stored, rebuild(projection, facts)))
        yield finding("divergent", "read models equal a full rebuild", about, message);
    }
  }
};

/** What a run left, in the form in which the simulation's checks read it. */
export const evidenceOf = ({ services, databases, contents }: Left): Evidence => ({
  ...{ services, databases, contents, commits: [], exchanges: [], ledger: [], attempts: [] },
  ...{ bad: () => false, finishes: () => undefined, settings: new Map(), loss: undefined },
  ...{ contract, codec: released, factsIn: factsOf(released) },
});
type Left = Pick<Traces, "services" | "databases" | "contents">;

const columns: { readonly [rule: string]: Column } = {
  "the log is complete": "lost",
  "the log says what the store says": "lost",
  "reactions are complete": "lost",
  "an event id means one event": "duplicated",
  "a claim has one holder": "duplicated",
  "decisions follow from state and command alone": "duplicated",
  "first occurrences on the log are in order": "disordered",
  "streams are in order and without a gap": "disordered",
  "no due mark is left": "unfinished",
  "what was begun has ended": "unfinished",
};

/** The checks that the simulation has of the backbone, on what a real broker and a real store have. */
const checkBackbone = function* (traces: Traces): Generator<Finding> {
  const evidence = evidenceOf(traces);
  const parked = [...traces.databases].flatMap(([service, { parked }]) => [...parked.values()].map((each) => ({ service, ...each })));
  for (const { service, subscription, eventId, stream, reason } of parked)
    yield finding("divergent", "nothing is parked", stream, `${service}'s ${subscription} has parked ${eventId}: ${reason}`);
  for (const violations of [checkStreams(evidence), checkLog(evidence), checkReactions(evidence), checkRest(evidence, resting)])
    for (const violation of violations) yield { ...violation, column: columns[violation.rule] ?? "divergent" };
};

/** A cluster or a deployment in the middle of an action. */
const resting = (stream: string, state: unknown): string | undefined => {
  if (typeof state !== "object" || state === null) return undefined;
  const action: unknown = Reflect.get(state, "action");
  if (stream.startsWith("cluster/") && action)
    return `its action ${JSON.stringify(Reflect.get(Object(action), "requested"))} has not ended`;
  const current: unknown = Reflect.get(state, "current");
  if (stream.startsWith("localDeployment/") && current && !Reflect.get(Object(current), "over")) return "its deployment has not ended";
  return undefined;
};
