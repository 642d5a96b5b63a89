import { MongoClient } from "mongodb";
import { mongoParking } from "../../events/mongo/parking.ts";
import { collections } from "../../events/subscription/collections.ts";
import { databaseOf } from "../../infra/platform/platform.ts";
import { runtime } from "../../services/runtime/service.ts";
import { tables } from "./composition.ts";
import { readLog, readStore } from "./evidence.ts";
import { type Finding, finding } from "./findings.ts";
import { differences, type Fact, factsOnLog, rebuild } from "./models.ts";
import { isPoison } from "./poison.ts";
import type { RowOutcome, RunOptions } from "./row.ts";
import { type Field, runFaults } from "./run.ts";

const MODEL = "runtimeCredentials";
const COLLECTION = collections(runtime.projections).of(MODEL);

/** A read model with a bug: the events that it cannot take are parked, all others go on; once it is mended, what was parked follows in order. */
export const poisonRun = async (options: RunOptions): Promise<RowOutcome> => {
  const findings: Finding[] = [];
  let note = "";
  let poisoned = 0;
  let share = 0;
  const hurt = async (field: Field): Promise<void> => {
    const { fixture, reached, struck, workload } = field;
    await fixture.services.runtime.replace(async () => {}, { poison: MODEL });
    struck("a runtime service whose fold throws");
    // One in a hundred commands; a credential is what a third of them change.
    share = 0.03;
    await reached(workload.done() + options.commands);
    // Nothing moves while it is counted.
    const release = await workload.hold();
    share = 0;
    const before = await parkedOnceAllAre(field);
    release();
    findings.push(...before.findings);
    poisoned = workload.poisoned();
    note = `its faults are poisoned commands; ${before.streams} streams were parked with ${before.events} events`;
    await fixture.services.runtime.replace(async () => {});
    struck("the mended service");
    await redrive(field);
    struck("redrive");
  };
  const outcome = await runFaults({ ...options, poison: () => share, hurt, more: async () => findings });
  return { ...outcome, kills: poisoned, note };
};

/** Waits until every stream with poison is parked whole, and holds what is there then against the promises. */
const parkedOnceAllAre = async ({ fixture }: Field) => {
  const until = Date.now() + 30_000;
  for (;;) {
    const databases = await readStore(fixture.store.url);
    const contents = await readLog(fixture.connection);
    const facts = factsOnLog(contents);
    const first = firstPoison(facts);
    const projection = tables
      .flatMap(({ name, projections = [] }) => (name === "runtime" ? projections : []))
      .find(({ name }) => name === MODEL);
    const database = databases.get("runtime");
    if (!projection || !database) throw new Error("the runtime service has no credentials");
    const held = facts.filter(
      ({ event, meta }) => event.type in projection.evolve && meta.version >= (first.get(meta.stream) ?? Number.POSITIVE_INFINITY),
    );
    const parked = new Map(
      [...database.parked.values()].filter(({ subscription }) => subscription === COLLECTION).map((each) => [each.eventId, each]),
    );
    const dead = new Set((contents.get("pitrix.deadLetter.runtime") ?? []).flat().map(({ headers }) => headers.ce_id));
    const findings: Finding[] = [];
    for (const { meta } of held) {
      const there = parked.get(meta.eventId);
      if (!there) findings.push(finding("lost", "a parked stream waits whole", meta.stream, `${meta.eventId} is not parked`));
      else if (there.reason === "" || there.record.offset < 0 || there.row === "")
        findings.push(finding("lost", "what is parked has its provenance", meta.stream, `${meta.eventId} tells ${JSON.stringify(there)}`));
      if (!dead.has(meta.eventId))
        findings.push(finding("lost", "what is parked is on the dead letter topic", meta.stream, `${meta.eventId} is not`));
    }
    if (parked.size > held.length)
      findings.push(finding("divergent", "nothing is parked but poison", "", `${parked.size} events are parked, not ${held.length}`));
    const fresh = rebuild(projection, facts, ({ meta }) => meta.version >= (first.get(meta.stream) ?? Number.POSITIVE_INFINITY));
    for (const { about, message } of differences(COLLECTION, database.models.get(COLLECTION), fresh))
      findings.push(finding("divergent", "all others go on", about, message));
    if (findings.length === 0 || Date.now() > until) return { findings, streams: first.size, events: held.length };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};

const firstPoison = (facts: readonly Fact[]): ReadonlyMap<string, number> => {
  const first = new Map<string, number>();
  for (const { event, meta } of facts)
    if (meta.stream.startsWith("runtimeCredential/") && isPoison(event) && !first.has(meta.stream)) first.set(meta.stream, meta.version);
  return first;
};

/** An operator asks for every parked stream. */
const redrive = async ({ fixture }: Field): Promise<void> => {
  const client = new MongoClient(fixture.store.url, { promoteBuffers: true });
  try {
    const parking = mongoParking(async () => client.db(databaseOf("runtime")));
    for (const until = Date.now() + 30_000; Date.now() < until; ) {
      const streams = await parking.streams(COLLECTION);
      if (streams.length === 0) return;
      for (const { subscription, stream, first, eventId, asked } of streams)
        if (!asked) {
          const wish = { action: "redrive" as const, by: "operator", reason: "", time: new Date().toISOString() };
          await parking.ask({ subscription, stream, version: first, eventId }, wish);
        }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  } finally {
    await client.close();
  }
};
