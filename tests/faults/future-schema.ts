import { type ReleasedSchema, schemas } from "../../schemas/generated/schemas.ts";

const latestOf = (event: string): ReleasedSchema => {
  const latest = schemas.findLast((schema) => schema.event === event);
  if (!latest || latest.version === 1) throw new Error(`${event} has one version of its schema only`);
  return latest;
};

/** An id of no released schema. */
const UNUSED = 999_999;

/**
 * Makes this process a build that does not know the id of the latest schema of an event. It still reads earlier ones as its tables expect them: they
 * are those of today. For a composition root, before it starts anything.
 */
export const forgetLatest = (event: string): void => {
  const latest = latestOf(event);
  (schemas as ReleasedSchema[])[schemas.indexOf(latest)] = { ...latest, id: UNUSED }; // It is an array, which only this may change.
};

/** Whether an encoded event is of a schema that a build without the latest one of `event` does not know. */
export const isFrom = (event: string, schemaId: number): boolean => schemaId === latestOf(event).id;
