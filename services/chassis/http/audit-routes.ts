import type { Commit, StoredDocument } from "../../../events/index.ts";
import { bucketOf, digestOf, fieldDigests, forgedAmong, type PublishedEvent } from "../../../events/runtime.ts";
import { contract } from "../contract.ts";
import { isFields } from "./fields.ts";
import type { Host } from "./host.ts";
import type { InternalRoute } from "./internal-route.ts";
import { isProblem, makeProblem, type Problem } from "./problems.ts";

/** Events of a question, documents of an answer, and commits that are read for one. */
export const MAX_EVENTS = 1_000;
const PAGE = 1_000;

/** A document by its digest; values are not told. */
export type DigestedDocument = Pick<StoredDocument, "id" | "stream" | "version" | "deleted"> & {
  readonly digest: string;
  /** The digest of each field, if the document was asked for by its id. */
  readonly fields?: { readonly [field: string]: string };
};
export type DocumentsAnswer = {
  readonly collection: string;
  readonly documents: readonly DigestedDocument[];
  /** The version of the first parked event, by stream; on the first page. */
  readonly parked: { readonly [stream: string]: number };
  readonly after: string | null;
};
/** The last published version of streams. A stream may be in several pages, the later one counts. */
export type StreamsAnswer = { readonly streams: readonly (readonly [string, number])[]; readonly after: readonly [string, number] | null };

/** The routes of the audit: what this service has published, what its read models hold, and what an audit has found. */
export const auditRoutes = ({ instance, ports, models, metrics, logger }: Host): readonly InternalRoute[] => {
  const service = instance.service.name;
  const common = { method: "post", access: "operators", bodyLimit: 1_024 * 1_024 } as const;
  return [
    {
      ...common,
      path: "/internal/audit",
      answer: async (request) => {
        const events = eventsIn(request.body);
        return isProblem(events) ? events : { service, forged: await forgedAmong({ contract, service, store: ports.store }, events) };
      },
    },
    {
      ...common,
      path: "/internal/audit/streams",
      answer: async ({ body }) => {
        const after: unknown = isFields(body) ? (body.after ?? BEFORE_STREAMS) : undefined;
        if (!Array.isArray(after) || typeof after[0] !== "string" || !Number.isSafeInteger(after[1]))
          return makeProblem("illegal_parameter_format", "after");
        const commits = await ports.store.scan(placeOf(after[0], after[1]), PAGE);
        const last = commits.at(-1);
        const heads = new Map<string, number>();
        for (const { stream, version, events, publish } of commits)
          if (!publish && events.length > 0) heads.set(stream, version + events.length - 1);
        const answer: StreamsAnswer = { streams: [...heads], after: commits.length < PAGE || !last ? null : [last.stream, last.version] };
        return { service, ...answer };
      },
    },
    {
      ...common,
      path: "/internal/audit/documents",
      answer: async ({ body }) => {
        const asked = documentsIn(body);
        if (isProblem(asked)) return asked;
        const { model, after, ids, buckets, bucket } = asked;
        if (!models.has(model)) return makeProblem("resource_not_found", model);
        const collection = await instance.collections.of(model);
        const page = ids ? await ports.documents.get(collection, ids) : await ports.documents.scan(collection, after, PAGE);
        const documents = page
          .filter(({ stream }) => ids || bucketOf(stream, buckets) === bucket)
          .map(
            (document): DigestedDocument => ({
              ...{ id: document.id, stream: document.stream, version: document.version, deleted: document.deleted },
              digest: digestOf(document),
              ...(ids && { fields: fieldDigests(document) }),
            }),
          );
        const streams = after === undefined ? await ports.parking.streams(collection) : [];
        const parked = Object.fromEntries(streams.map(({ stream, first }) => [stream, first]));
        const answer: DocumentsAnswer = {
          collection,
          documents,
          parked,
          after: ids || page.length < PAGE ? null : (page.at(-1)?.id ?? null),
        };
        return { service, ...answer };
      },
    },
    {
      ...common,
      path: "/internal/audit/findings",
      answer: async ({ body }, by) => {
        const [log, documents] = isFields(body) ? [body.log, body.documents] : [];
        if (!isCount(log) || !isCount(documents)) return makeProblem("illegal_parameter_format", "log, documents");
        metrics.logDivergence.inc(log);
        metrics.readModelDivergence.inc(documents);
        if (log + documents > 0) logger.error({ by, log, documents }, "an audit found that the log or a read model is not what it must be");
        return { service };
      },
    },
  ];
};

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

/** Receipts are before all streams: no name of an aggregate begins with a character up to this one. */
const BEFORE_STREAMS = [">", 0];
const placeOf = (stream: string, version: number): Commit => ({ ...{ stream, version, events: [nothing] }, ...bare });
const nothing = { type: "", schemaId: 0, bytes: new Uint8Array() };
const bare = {
  ...{ cause: null, rejection: null, claims: [], publish: false, effects: [], timers: [] },
  metadata: {
    ...{ time: "", actor: { userId: "", ownerPath: "" }, correlationId: "", causationId: null, actionId: null, row: "" },
    ...{ traceparent: null, hops: 0, fingerprint: null },
  },
};

const eventsIn = (body: unknown): readonly PublishedEvent[] | Problem => {
  const events: unknown = isFields(body) ? body.events : undefined;
  const isEvent = (each: unknown): each is PublishedEvent =>
    isFields(each) && typeof each.stream === "string" && typeof each.digest === "string" && Number.isSafeInteger(each.version);
  return Array.isArray(events) && events.length <= MAX_EVENTS && events.every(isEvent)
    ? events
    : makeProblem("illegal_parameter_format", "events");
};

const documentsIn = (body: unknown) => {
  const { model, after, ids, buckets = 1, bucket = 0 } = isFields(body) ? body : {};
  if (typeof model !== "string") return makeProblem("missing_parameter", "model");
  if (after !== undefined && typeof after !== "string") return makeProblem("illegal_parameter_format", "after");
  const areIds = (all: unknown): all is readonly string[] =>
    Array.isArray(all) && all.length <= PAGE && all.every((id) => typeof id === "string");
  if (ids !== undefined && !areIds(ids)) return makeProblem("illegal_parameter_format", "ids");
  if (!isCount(buckets) || !isCount(bucket) || bucket >= buckets) return makeProblem("illegal_parameter_format", "buckets, bucket");
  return { model, after, ids, buckets, bucket };
};
