import type { Commit, CommitMetadata, Timer } from "../ports.ts";

/** A commit as MongoDB keeps it. A field that would be empty is absent, so that the sparse indexes hold only what is there. */
export type CommitDocument = {
  /** `<stream>@<version>`, or `=<cause>` for a receipt, which takes no version. */
  readonly _id: string;
  readonly stream: string;
  readonly version: number;
  /** `<stream>@<version of the last event>`: a range on it reads a stream. Receipts have none. */
  readonly end?: string;
  readonly events: readonly { readonly type: string; readonly schema: number; readonly bytes: Uint8Array }[];
  readonly cause?: string;
  readonly rejection?: Commit["rejection"] & object;
  /** `<claim>#<turn>`, and those of them that have been released. */
  readonly claims?: readonly string[];
  readonly released?: readonly string[];
  /** Walk keys, present while the mark is due. */
  readonly publish?: string;
  readonly effect?: string;
  /** Versions whose effect is still to run, timers still to fire. */
  readonly effects?: readonly number[];
  readonly timers?: readonly Timer[];
  readonly metadata: Omit<CommitMetadata, "actionId"> & { readonly actionId?: string | null };
};

const highest = 999_999_999_999;

/** Versions as text that sorts as they do; what lies beyond the highest is taken for it. */
export const padded = (version: number): string => String(Math.min(version, highest)).padStart(12, "0");
export const placeKey = (stream: string, version: number): string => `${stream}@${padded(version)}`;

/** 32 well-mixed bits of a stream id (FNV-1a, finished as in MurmurHash3). */
export const scatter = (stream: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < stream.length; index++) hash = Math.imul(hash ^ stream.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};
export const scatterKey = (position: number): string => position.toString(16).padStart(8, "0");

/** Where a commit stands in the walk of a mark: streams in scattered order, the versions of one stream in theirs. */
export const walkKey = (stream: string, version: number): string => `${scatterKey(scatter(stream))}:${placeKey(stream, version)}`;

export const idOf = (commit: Commit): string => {
  if (commit.events.length > 0) return placeKey(commit.stream, commit.version);
  if (commit.cause === null) throw new Error(`a receipt of ${commit.stream} needs a cause`);
  return `=${commit.cause}`;
};

export const claimKey = (claim: string, turn: number): string => `${claim}#${turn}`;
export const claimOf = (key: string): string => key.slice(0, key.lastIndexOf("#"));

/** The claims are taken at the given turns, of all others the first. */
export const toDocument = (commit: Commit, turns: ReadonlyMap<string, number> = new Map()): CommitDocument => ({
  ...toFields(commit, turns),
  metadata: withoutEmptyAction(commit.metadata),
});

const withoutEmptyAction = ({ actionId, ...metadata }: CommitMetadata): CommitDocument["metadata"] =>
  actionId === null ? metadata : { ...metadata, actionId };

const toFields = (commit: Commit, turns: ReadonlyMap<string, number>): Omit<CommitDocument, "metadata"> => ({
  _id: idOf(commit),
  stream: commit.stream,
  version: commit.version,
  ...(commit.events.length > 0 && { end: placeKey(commit.stream, commit.version + commit.events.length - 1) }),
  events: commit.events.map(({ type, schemaId, bytes }) => ({ type, schema: schemaId, bytes })),
  ...(commit.cause !== null && { cause: commit.cause }),
  ...(commit.rejection !== null && { rejection: commit.rejection }),
  ...(commit.claims.length > 0 && { claims: commit.claims.map((claim) => claimKey(claim, turns.get(claim) ?? 0)) }),
  ...(commit.publish && { publish: walkKey(commit.stream, commit.version) }),
  ...(commit.effects.length > 0 && { effect: walkKey(commit.stream, commit.version), effects: commit.effects }),
  ...(commit.timers.length > 0 && { timers: commit.timers }),
});

export const fromDocument = (document: CommitDocument): Commit => ({
  stream: document.stream,
  version: document.version,
  events: document.events.map(({ type, schema, bytes }) => ({ type, schemaId: schema, bytes: new Uint8Array(bytes) })),
  cause: document.cause ?? null,
  rejection: document.rejection ?? null,
  claims: (document.claims ?? []).filter((key) => !document.released?.includes(key)).map(claimOf),
  publish: document.publish !== undefined,
  effects: document.effects ?? [],
  timers: document.timers ?? [],
  metadata: { ...document.metadata, actionId: document.metadata.actionId ?? null },
});
