import { setTimeout as pause } from "node:timers/promises";
import { MongoClient } from "mongodb";
import { databaseOf } from "../../infra/platform/platform.ts";
import { tables } from "./composition.ts";
import { readDatabase, readLog } from "./evidence.ts";
import { type Finding, finding } from "./findings.ts";
import { isFrom } from "./future-schema.ts";
import { differences, type Fact, factsOnLog, rebuild } from "./models.ts";
import { APPS, type Replaying, replayRun } from "./replay-rows.ts";
import { type RowOutcome, type RunOptions, scaled } from "./row.ts";
import { MODEL } from "./versions.ts";

const SERVICE = "cluster";
/** The event whose latest schema the build does not know. */
const EVENT = "AppVersionPackageReplaced";
const LIMIT = 60_000;

/**
 * A service goes back to a build that does not know the latest schema of an event, while newer builds write it: the streams with such events wait,
 * all others go on, and the next build takes up what waits by itself.
 */
export const futureRun = async (options: RunOptions): Promise<RowOutcome> => {
  // Each stream gets as many: so none is at another version than the others.
  const events = APPS * Math.ceil(scaled(100_000, options.factor, 10_000) / (2 * APPS));
  let note = "";
  const work = async ({ field, operator, announced }: Replaying): Promise<readonly Finding[]> => {
    const service = field.fixture.services[SERVICE];
    // The build that knows all has read everything.
    const known = await operator.compared();
    await service.kill({ unknown: EVENT });
    field.struck(`a build that does not know the latest ${EVENT}`);
    await announced.seed(events, () => {});
    const client = new MongoClient(field.fixture.store.url, { promoteBuffers: true });
    try {
      const { active } = await operator.status();
      const read = () => readDatabase(client.db(databaseOf(SERVICE)), [active ?? ""]);
      const waiting = await settled(async () => {
        const { parked, models } = await read();
        const facts = factsOnLog(await readLog(field.fixture.connection));
        const own = [...parked.values()].filter(({ subscription }) => subscription === active);
        return [...wrong(facts, events / APPS, new Set(own.map(({ eventId }) => eventId)), active ?? "", models.get(active ?? ""))];
      });
      const began = Date.now();
      await service.kill();
      field.struck("the next build");
      const left = await settled(async () =>
        [...(await read()).parked.values()].map(({ eventId, stream }) =>
          finding("lost", "the next build takes up what waits", stream, eventId),
        ),
      );
      note = `${2 * events} events of ${APPS} streams; ${APPS / 2} streams waited with ${events / 2} events, and went on ${((Date.now() - began) / 1_000).toFixed(0)} s after the next build began`;
      return [...known, ...waiting, ...left];
    } finally {
      await client.close();
    }
  };
  const outcome = await replayRun(options, events, work, true);
  return { ...outcome, note };
};

/** What is not as it must be while the build does not know the schema. `before`: the version of each stream that an earlier build has read. */
function* wrong(
  facts: readonly Fact[],
  before: number,
  parked: ReadonlySet<string>,
  collection: string,
  stored: Parameters<typeof differences>[1],
): Iterable<Finding> {
  const first = new Map<string, number>();
  for (const { meta, schemaId } of facts)
    if (isFrom(EVENT, schemaId) && meta.version > before && !first.has(meta.stream)) first.set(meta.stream, meta.version);
  const waits = ({ meta }: Fact): boolean => meta.version >= (first.get(meta.stream) ?? Number.POSITIVE_INFINITY);
  if (first.size !== APPS / 2) yield finding("divergent", "half of the streams are of the newer schema", "", `${first.size} are`);
  const held = facts.filter(waits);
  for (const { meta } of held)
    if (!parked.has(meta.eventId)) yield finding("lost", "what a build does not know waits", meta.stream, `${meta.eventId} is not parked`);
  if (parked.size > held.length)
    yield finding("divergent", "nothing else waits", "", `${parked.size} events are parked, not ${held.length}`);
  const projection = tables.find(({ name }) => name === SERVICE)?.projections?.find(({ name }) => name === MODEL);
  if (!projection) throw new Error(`${SERVICE} has no read model ${MODEL}`);
  for (const { about, message } of differences(collection, stored, rebuild(projection, facts, waits)))
    yield finding("divergent", "all others go on", about, message);
}

/** What is found, once nothing is, or when the time is up. */
const settled = async (look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> => {
  for (const limit = Date.now() + LIMIT; ; await pause(500)) {
    const found = await look();
    if (found.length === 0 || Date.now() > limit) return found;
  }
};
