import { commitId } from "../keys.ts";
import type { Commit, CommitMetadata, Timer } from "../ports.ts";

/** A commit as stored in MongoDB. Empty fields are omitted, so that sparse and partial indexes contain only documents with a value. */
export type CommitDocument = {
  /** `<stream>@<version>`, or `=<cause>` for a receipt, which takes no version. A range query on it reads a stream. */
  readonly _id: string;
  readonly stream: string;
  readonly version: number;
  readonly events: readonly { readonly type: string; readonly schema: number; readonly bytes: Uint8Array }[];
  readonly cause?: string;
  readonly rejection?: Commit["rejection"] & object;
  readonly claims?: readonly string[];
  /** Present while the mark is due. */
  readonly publish?: true;
  readonly effect?: true;
  /** Versions of events whose effect has not finished yet. */
  readonly effects?: readonly number[];
  /** Timers that have not fired yet, and the time of the earliest. */
  readonly timers?: readonly Timer[];
  readonly timer?: number;
  readonly metadata: Omit<CommitMetadata, "actionId"> & { readonly actionId?: string | null };
};

export const toDocument = (commit: Commit): CommitDocument => ({
  _id: commitId(commit),
  stream: commit.stream,
  version: commit.version,
  events: commit.events.map(({ type, schemaId, bytes }) => ({ type, schema: schemaId, bytes })),
  metadata: withoutEmptyAction(commit.metadata),
  ...(commit.cause !== null && { cause: commit.cause }),
  ...(commit.rejection !== null && { rejection: commit.rejection }),
  ...(commit.claims.length > 0 && { claims: commit.claims }),
  ...(commit.publish && { publish: true }),
  ...(commit.effects.length > 0 && { effect: true, effects: commit.effects }),
  ...(commit.timers.length > 0 && { timers: commit.timers, timer: Math.min(...commit.timers.map(({ at }) => at)) }),
});

const withoutEmptyAction = ({ actionId, ...metadata }: CommitMetadata): CommitDocument["metadata"] =>
  actionId === null ? metadata : { ...metadata, actionId };

export const fromDocument = (document: CommitDocument): Commit => ({
  stream: document.stream,
  version: document.version,
  events: document.events.map(({ type, schema, bytes }) => ({ type, schemaId: schema, bytes: new Uint8Array(bytes) })),
  cause: document.cause ?? null,
  rejection: document.rejection ?? null,
  claims: document.claims ?? [],
  publish: document.publish === true,
  effects: document.effects ?? [],
  timers: document.timers ?? [],
  metadata: { ...document.metadata, actionId: document.metadata.actionId ?? null },
});
