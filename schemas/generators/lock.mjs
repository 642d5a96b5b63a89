import { canonical } from "./avro.mjs";
import { incompatibilities } from "./compatibility.mjs";
import { banner } from "./text.mjs";

/** The subject of the schema in a Confluent registry (TopicRecordNameStrategy). */
export const subjectOf = (aggregate, event) => `pitrix.${aggregate}-pitrix.${aggregate}.${event}`;

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The lock with an id for every new or changed schema, and a problem for each change that is incompatible with stored events. */
export function appendToLock(lock, events) {
  const problems = [];
  const next = [...lock];
  for (const { file, aggregate, event, schema } of events) {
    const subject = subjectOf(aggregate, event);
    const versions = next.filter((entry) => entry.subject === subject);
    const form = canonical(schema);
    if (versions.length && same(versions.at(-1).schema, form)) continue;
    const reasons = versions.flatMap((entry) =>
      incompatibilities(entry.schema, form).map(
        (why) => `${file}: ${why}, against version ${entry.version}: give the field a default, or define a new event`,
      ),
    );
    problems.push(...reasons);
    if (!reasons.length) next.push({ id: next.length + 1, subject, version: versions.length + 1, schema: form });
  }
  return { lock: next, problems };
}

/** The problems of a lock: ids out of order, or incompatible versions. */
export function checkLock(lock) {
  return lock.flatMap((entry, index) => {
    const earlier = lock.slice(0, index).filter(({ subject }) => subject === entry.subject);
    const order =
      entry.id === index + 1 && entry.version === earlier.length + 1
        ? []
        : [`ids.json: entry ${index + 1} has id ${entry.id}, version ${entry.version}`];
    const reasons = earlier.flatMap((old) => incompatibilities(old.schema, entry.schema));
    return [...order, ...reasons.map((why) => `ids.json: id ${entry.id} (${entry.subject}): ${why}`)];
  });
}

/** A problem for the first released entry that the lock lost or changed; undefined if the lock was only appended to. */
export function lostEntry(released, lock) {
  const lost = released.find((entry, index) => !same(entry, lock[index]));
  return lost && `ids.json: id ${lost.id} (${lost.subject}, version ${lost.version}) is released and must not change`;
}

/** Every released version as a TypeScript value; the current ones keep their documentation. */
export function renderSchemas(lock, events) {
  const current = new Map(events.map(({ aggregate, event, schema }) => [subjectOf(aggregate, event), schema]));
  const rows = lock.map(({ id, subject, version, schema }) => {
    const documented = current.get(subject);
    const shown = documented && same(canonical(documented), schema) ? documented : schema;
    const [aggregate, event] = subject.split("-")[1].split(".").slice(1);
    return `  { id: ${id}, aggregate: ${JSON.stringify(aggregate)}, event: "${event}", version: ${version}, schema: ${JSON.stringify(shown)} },\n`;
  });
  return `${banner("schemas/ids.json")}
/** A version of an event's schema and its id, which prefixes the event's bytes. */
export type ReleasedSchema = {
  readonly id: number;
  readonly aggregate: string;
  readonly event: string;
  readonly version: number;
  readonly schema: object;
};

/** All released versions, oldest first: stored bytes are read with the schema that wrote them. */
export const schemas: readonly ReleasedSchema[] = [
${rows.join("")}];
`;
}
