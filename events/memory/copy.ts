import type { Commit } from "../ports.ts";

/** A deep copy of plain data as a document store would return it: no undefined fields, no functions, no shared objects. */
export const copy = <T>(value: T): T => copied(value) as T; // The same type: only undefined fields are removed.

const copied = (value: unknown): unknown => {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(copied);
  if (value instanceof Uint8Array) return value.slice();
  if (value instanceof Date) return new Date(value);
  if (typeof value === "object") {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return Object.fromEntries(fields.map(([name, field]) => [name, copied(field)]));
  }
  throw new TypeError(`a document store cannot store a ${typeof value}`);
};

/** Like `copy` for a commit, but faster: the simulation copies commits most often. */
export const copyCommit = (commit: Commit): Commit => ({
  stream: commit.stream,
  version: commit.version,
  events: commit.events.map(({ type, schemaId, bytes }) => ({ type, schemaId, bytes: bytes.slice() })),
  cause: commit.cause,
  rejection: commit.rejection === null ? null : { ...commit.rejection },
  claims: [...commit.claims],
  publish: commit.publish,
  effects: [...commit.effects],
  timers: commit.timers.map((timer) => ({ ...timer })),
  metadata: { ...commit.metadata, actor: { ...commit.metadata.actor } },
});
