import type { Commit, Counted, Parked, Pointer, Reader, StoredDocument, Watermark } from "../ports.ts";

/** The durable data of a service. Its instances share one database, which survives their crashes. */
export type MemoryDatabase = {
  readonly commits: Map<string, Commit>;
  /** The ids of the commits of each stream, ascending. */
  readonly streams: Map<string, string[]>;
  readonly causes: Map<string, string>;
  readonly claims: Map<string, string>;
  /** The ids of due commits, ascending; for timers `<time>|<commit id>`. */
  readonly due: { readonly publish: string[]; readonly effects: string[]; readonly timers: string[] };
  /** By `topic/partition`. */
  readonly watermarks: Map<string, Watermark>;
  /** The ids of the topics that positions are about. */
  readonly topics: Map<string, string>;
  readonly leases: Map<string, { readonly holder: string; readonly since: number; readonly until: number }>;
  readonly models: Map<string, Map<string, StoredDocument>>;
  readonly positions: Map<string, number>;
  /** By read model. */
  readonly pointers: Map<string, Pointer>;
  /** By instance. */
  readonly readers: Map<string, Reader>;
  readonly counters: Map<string, Counted>;
  readonly parked: Map<string, Parked>;
  readonly blobs: Map<string, Uint8Array>;
};

export const memoryDatabase = (): MemoryDatabase => ({
  commits: new Map(),
  streams: new Map(),
  causes: new Map(),
  claims: new Map(),
  due: { publish: [], effects: [], timers: [] },
  watermarks: new Map(),
  topics: new Map(),
  leases: new Map(),
  models: new Map(),
  positions: new Map(),
  pointers: new Map(),
  readers: new Map(),
  counters: new Map(),
  parked: new Map(),
  blobs: new Map(),
});

/** A copy of everything, as a backup of one moment. */
export const backUp = (database: MemoryDatabase): MemoryDatabase => structuredClone(database);

/** Makes a database what it was when it was backed up. */
export const putBack = (database: MemoryDatabase, backup: MemoryDatabase): void => {
  const { due, ...maps } = structuredClone(backup);
  for (const [name, entries] of Object.entries(maps)) {
    const map: Map<string, unknown> = Reflect.get(database, name);
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  }
  for (const mark of ["publish", "effects", "timers"] as const) database.due[mark].splice(0, Number.POSITIVE_INFINITY, ...due[mark]);
};
