import type { AnyService, Log, LogRecord, StoredDocument } from "../../../events/index.ts";
import { codec, digestOf, endsOf, fieldDigests, foldStreams, sourcesOf, startsOf } from "../../../events/runtime.ts";
import { contract } from "../contract.ts";
import type { DigestedDocument, DocumentsAnswer } from "../http/audit-routes.ts";
import type { ServicesClient } from "../http/causation-query.ts";
import { topicsOf } from "./events.ts";
import { CommandFailed, exitCodes } from "./failure.ts";
import { type FoldedModel, modelFold, type Sample } from "./model-fold.ts";
import { readRecords } from "./reading.ts";

/** A document of a read model that is not what the events on the log make. */
export type ModelFinding = {
  readonly kind: "document";
  readonly service: string;
  readonly model: string;
  readonly collection: string;
  readonly id: string;
  readonly stream: string;
  /** The version that the service has, and that the events make; null: no document. */
  readonly versions: readonly [number | null, number | null];
  /** The fields whose values differ, each with the event that set it last; null: no event did. */
  readonly fields: readonly { readonly field: string; readonly event: string | null }[];
};
type Means = {
  readonly platform: ServicesClient;
  readonly log: Log;
  readonly loaded: readonly AnyService[];
  readonly signal: AbortSignal;
};
type Live = Pick<DocumentsAnswer, "collection" | "parked"> & { readonly documents: Map<string, DigestedDocument> };
export type ModelAudit = {
  readonly models: number;
  readonly documents: number;
  /** The number of documents that are wrong, by service. */
  readonly wrong: { readonly [service: string]: number };
  /** The first of them in detail. */
  readonly findings: readonly ModelFinding[];
};

/** How often, and after how many milliseconds, a document in which a service is behind is asked for again. */
const ATTEMPTS = 20;
const PAUSE = 500;
/** Ids of a question, and findings that are told in detail. */
const IDS = 500;
const DETAILED = 20;

/**
 * Audits read models: folds them from the log in memory, and compares each document with the one that its service has, by digests. Where the
 * service is ahead, later events are folded. Where it is behind, it is asked again. A stream that a service has parked is compared up to there.
 */
export const modelAudit = async ({ platform, log, loaded, signal }: Means, sample: Sample) => {
  const ask = async (service: string, body: object): Promise<DocumentsAnswer> => {
    const answer = await platform.request(service, "/internal/audit/documents", { ...sample, ...body });
    if (answer === undefined) throw new CommandFailed(`${service} does not answer: its read models are not known`, exitCodes.unavailable);
    return answer as DocumentsAnswer; // All services are of one release.
  };
  const running = new Set(await platform.services());
  const models: FoldedModel[] = [];
  for (const { name, projections = [] } of loaded)
    for (const projection of running.has(name) ? projections : []) {
      const { parked } = await ask(name, { model: projection.name });
      models.push({ service: name, projection, documents: new Map(), stopped: new Map(Object.entries(parked)) });
    }
  const released = codec(contract.schemas);
  /** The documents that have changed since the last comparison, once only these are compared. */
  let changed: Map<FoldedModel, Set<string>> | undefined;
  const { take } = modelFold(models, released, sample, (model, id) => void changed?.get(model)?.add(id));
  /** The offset after the last record that was taken, by the partition's name. */
  const ends = new Map<string, number>();

  const liveOf = async ({ service, projection: { name: model } }: FoldedModel): Promise<Live> => {
    const documents = new Map<string, DigestedDocument>();
    let parked: Live["parked"] | undefined;
    for (let after: string | undefined; ; ) {
      const page = await ask(service, { model, ...(after !== undefined && { after }) });
      parked ??= page.parked;
      for (const document of page.documents) documents.set(document.id, document);
      if (page.after === null) return { collection: page.collection, documents, parked };
      after = page.after;
    }
  };
  /** The same of the documents that have changed. */
  const liveOfChanged = async ({ service, projection: { name: model } }: FoldedModel, ids: readonly string[]): Promise<Live> => {
    const documents = new Map<string, DigestedDocument>();
    let live: Omit<Live, "documents"> = { collection: "", parked: {} };
    for (let at = 0; at < ids.length; at += IDS) {
      const page = await ask(service, { model, ids: ids.slice(at, at + IDS) });
      live = { collection: page.collection, parked: page.parked };
      for (const document of page.documents) documents.set(document.id, document);
    }
    return { ...live, documents };
  };
  const idsOf = (model: FoldedModel, { documents }: Live): readonly string[] =>
    changed ? [...(changed.get(model) ?? [])] : [...new Set([...documents.keys(), ...model.documents.keys()])];
  /** A stream that was parked since the audit began counts as caught up. */
  const isBehind =
    (model: FoldedModel, { documents, parked }: Live) =>
    (id: string): boolean => {
      const made = model.documents.get(id);
      return (
        made !== undefined && (documents.get(id)?.version ?? 0) < Math.min(made.version, (parked[made.stream] ?? made.version + 1) - 1)
      );
    };

  const askAgain = async (model: FoldedModel, live: Live): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const late = idsOf(model, live).filter(isBehind(model, live));
      if (late.length === 0) return;
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE));
      for (let at = 0; at < late.length; at += IDS) {
        const { documents } = await ask(model.service, { model: model.projection.name, ids: late.slice(at, at + IDS) });
        for (const document of documents) live.documents.set(document.id, document);
      }
    }
  };

  const detailed = async (model: FoldedModel, { collection, documents }: Live, id: string): Promise<ModelFinding> => {
    const { service, projection } = model;
    const [live, made] = [documents.get(id), model.documents.get(id)];
    const stream = made?.stream ?? live?.stream ?? "";
    const { documents: asked } = await ask(service, { model: projection.name, ids: [id] });
    const fields = differing(asked[0]?.fields ?? {}, made ? fieldDigests(made) : {});
    const setBy = new Map<string, string>();
    let before: { readonly [field: string]: string } = {};
    const wanted = [{ id, stream, before: undefined, last: made?.version ?? 0 }];
    const reading = { projection, log, codec: released, contract, signal };
    const topics = sourcesOf(projection, contract);
    await foldStreams(reading, wanted, { from: await startsOf(log, topics), to: await endsOf(log, topics) }, (_, document, { meta }) => {
      const after = fieldDigests(document);
      for (const field of differing(before, after)) setBy.set(field, meta.eventId);
      before = after;
    });
    return {
      ...{
        kind: "document",
        service,
        model: projection.name,
        collection,
        id,
        stream,
        versions: [live?.version ?? null, made?.version ?? null],
      },
      fields: fields.map((field) => ({ field, event: setBy.get(field) ?? null })),
    };
  };

  return {
    take: (record: LogRecord): void => {
      take(record);
      ends.set(`${record.topic}/${record.partition}`, record.offset + 1);
    },
    /** From now on only documents that change are compared. */
    goOn: (): void => {
      changed = new Map(models.map((model) => [model, new Set()]));
    },
    /** Compares with what the services have, once all records are taken. Returns how many documents were compared, and what is wrong. */
    finish: async (): Promise<ModelAudit> => {
      const lives: (readonly [FoldedModel, Live])[] = [];
      for (const model of models) {
        const some = changed?.get(model);
        const live = await (some ? liveOfChanged(model, [...some]) : liveOf(model));
        await askAgain(model, live);
        lives.push([model, live]);
      }
      // What the services already have of events that came after the log was read.
      const versions = new Map(lives.map(([model, { documents }]) => [model, documents]));
      const later = (record: LogRecord): void => take(record, (model, id) => versions.get(model)?.get(id)?.version ?? 0);
      if (!(await readRecords(log, { topics: topicsOf(loaded).readable, begin: ends }, signal, later)))
        throw new CommandFailed("interrupted");
      const findings: ModelFinding[] = [];
      const wrong: { [service: string]: number } = {};
      let documents = 0;
      for (const [model, live] of lives) {
        const ids = idsOf(model, live);
        documents += ids.length;
        for (const id of ids) {
          const made = model.documents.get(id);
          const isHeld = made !== undefined && made.version >= (live.parked[made.stream] ?? Number.POSITIVE_INFINITY);
          if (isHeld || isEqual(live.documents.get(id), made)) continue;
          wrong[model.service] = (wrong[model.service] ?? 0) + 1;
          if (findings.length < DETAILED) findings.push(await detailed(model, live, id));
        }
      }
      return { models: models.length, documents, wrong, findings };
    },
  };
};

const isEqual = (live: DigestedDocument | undefined, made: StoredDocument | undefined): boolean =>
  live?.digest === (made && digestOf(made));

const differing = (one: { readonly [field: string]: string }, other: { readonly [field: string]: string }): readonly string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((field) => one[field] !== other[field]).toSorted();
