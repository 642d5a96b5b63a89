import type { Commit, EncodedEvent, EventStore } from "../../events/ports.ts";

export const encoded = (text: string): EncodedEvent => ({ type: "ClusterRequested", schemaId: 7, bytes: new TextEncoder().encode(text) });

/** A commit of one event without any work left to do; say what differs. */
export const commitOf = (stream: string, version: number, more: Partial<Commit> = {}): Commit => ({
  stream,
  version,
  events: [encoded(`${stream}@${version}`)],
  cause: null,
  rejection: null,
  claims: [],
  publish: false,
  effects: [],
  timers: [],
  metadata: {
    time: "2024-05-01T10:00:00.000Z",
    actor: { userId: "system", ownerPath: ":system" },
    correlationId: "r-1",
    causationId: null,
    actionId: null,
    row: "CreateCluster",
    hops: 0,
    traceparent: null,
    fingerprint: null,
  },
  ...more,
});

export const places = (commits: readonly Commit[]): readonly string[] => commits.map(({ stream, version }) => `${stream}@${version}`);

/** A whole walk over a mark, page by page, as a worker does it. */
export const walk = async (store: EventStore, mark: "publish" | "effects", limit: number): Promise<readonly Commit[]> => {
  const found: Commit[] = [];
  for (;;) {
    const page = await store.due(mark, found.at(-1), limit);
    if (page.length > limit) throw new Error(`a page of ${page.length} commits, asked for ${limit}`);
    found.push(...page);
    if (page.length < limit) return found;
  }
};

/** A commit that belongs to a request, perhaps to an action, made so many seconds after the first. */
export const causedBy = (
  correlationId: string,
  actionId: string | null,
  second: number,
  stream: string,
  more: Partial<Commit> = {},
): Commit => {
  const { metadata, ...commit } = commitOf(stream, 1, more);
  const time = new Date(Date.parse(metadata.time) + 1_000 * second).toISOString();
  return { ...commit, metadata: { ...metadata, time, correlationId, actionId } };
};
