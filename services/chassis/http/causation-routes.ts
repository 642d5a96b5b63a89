import { type AnyService, aggregateOf, aggregatesOf, type Commit, type StreamPosition } from "../../../events/index.ts";
import { codec, type KnownEvent, metaIn, openReactions, touchedBy } from "../../../events/runtime.ts";
import { schemas } from "../../../schemas/generated/schemas.ts";
import { contract } from "../contract.ts";
import { type CausedReport, type CommitReport, type EventReport, type ProgressReport, positionIn } from "./causation-query.ts";
import { isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { type Owner, ownersOf } from "./owners.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";

/** Commits that a service reports of one request. */
const MAX_COMMITS = 2_000;
/** Bytes of all events of a report; further events are reported without their bytes. */
const MAX_BYTES = 8 * 1024 * 1024;
const released = codec(schemas);

/** Routes of the causation query: what this service has committed because of a request, and what is still open in it. For the gateway and operators. */
export const causationRoutes = (host: Host): readonly InternalRoute[] => {
  /** The commit of an event of this service. */
  const commitOf = async ({ stream, version }: StreamPosition): Promise<readonly Commit[]> => {
    if (!Object.hasOwn(host.instance.service.aggregates, aggregateOf(stream))) return [];
    const commits = await host.ports.store.read(stream, version - 1);
    return commits.filter((commit) => commit.version <= version).slice(0, 1);
  };
  return [
    {
      method: "get",
      path: "/internal/caused/:id",
      access: "operators",
      answer: async (request): Promise<CausedReport> => {
        const { instance, ports } = host;
        const id = String(request.params.id);
        const position = positionIn(id);
        const commits = position ? await commitOf(position) : await ports.store.caused(id, MAX_COMMITS + 1);
        const reported = commits.slice(0, MAX_COMMITS);
        const owners = await ownersOf(
          host,
          reported.map(({ stream }) => stream),
        );
        let left = MAX_BYTES;
        const fits = (size: number): boolean => {
          left -= size;
          return left >= 0;
        };
        return {
          service: instance.service.name,
          reactsTo: Object.keys(instance.service.reactions ?? {}),
          reads: readsOf(instance.service),
          more: commits.length > MAX_COMMITS,
          commits: reported.map((commit) => reportOf(commit, owners.get(commit.stream) ?? null, fits)),
        };
      },
    },
    {
      method: "post",
      path: "/internal/caused/progress",
      access: "operators",
      bodyLimit: 2 * MAX_BYTES,
      answer: async (request): Promise<ProgressReport | Problem> => {
        const { instance, ports } = host;
        const events = eventsIn(request.body);
        if (isProblem(events)) return events;
        const parked = (await Promise.all([...instance.subscriptions().keys()].sort().map((name) => ports.parking.streams(name)))).flat();
        const known = events.flatMap(({ meta, type, schemaId, bytes }): readonly KnownEvent[] =>
          bytes === undefined ? [] : [{ meta, event: { type, schemaId, bytes: Buffer.from(bytes, "base64") } }],
        );
        const discarded = new Set(await ports.parking.discarded("reactions"));
        const waits = ({ stream, version }: KnownEvent["meta"]): boolean =>
          parked.some((each) => each.subscription === "reactions" && each.stream === stream && version >= each.first);
        const free = known.filter(({ meta }) => !discarded.has(meta.eventId) && !waits(meta));
        const met = parked.filter(({ stream, first }) => events.some(({ meta }) => meta.stream === stream && meta.version >= first));
        return {
          service: instance.service.name,
          reactions: await openReactions(instance.service, ports.store, released, free),
          readModels: await touchedBy(instance.service.projections ?? [], instance.collections.of, ports.documents, released, known),
          parked: met.map(({ subscription, stream, eventId, row, reason, attempts }) => ({
            ...{ subscription, stream, eventId, row, reason, attempts },
          })),
        };
      },
    },
  ];
};

/** What the read models of a service fold: `cluster/ClusterStopped`. */
const readsOf = ({ projections = [] }: AnyService): readonly string[] => [
  ...new Set(
    projections.flatMap(({ evolve, of }) =>
      Object.keys(evolve).flatMap((type) => aggregatesOf(contract, [type], of).map((aggregate) => `${aggregate}/${type}`)),
    ),
  ),
];

const reportOf = (commit: Commit, owner: Owner | null, fits: (size: number) => boolean): CommitReport => ({
  stream: commit.stream,
  time: commit.metadata.time,
  actor: commit.metadata.actor,
  owner: owner && { owner: owner.owner, owner_group: owner.owner_group },
  causationId: commit.metadata.causationId,
  row: commit.metadata.row,
  rejected: commit.rejection?.rejected ?? null,
  publish: commit.publish,
  effects: commit.effects,
  timers: commit.timers,
  events: commit.events.map(({ type, schemaId, bytes }, index) => ({
    meta: metaIn(commit, commit.version + index),
    type,
    schemaId,
    ...(fits(bytes.byteLength) && { bytes: Buffer.from(bytes).toString("base64") }),
  })),
});

/** The events of a request whose sender has proved to belong to the platform. */
const eventsIn = (body: unknown): readonly EventReport[] | Problem => {
  const events: unknown = isFields(body) ? body.events : undefined;
  const isList = Array.isArray(events) && events.every((event) => isFields(event) && isFields(event.meta));
  return isList ? events : makeProblem("illegal_parameter_format", "events");
};
