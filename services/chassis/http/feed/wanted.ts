import type { Operations } from "../../../../schemas/generated/http.ts";
import type { Item } from "./items.ts";

/** Which events are wanted; what is absent does not matter. */
export type Filters = Pick<Operations["StreamEvents"]["request"], "type" | "subject" | "correlation" | "job">;

/** Whether filters let an event through. */
export const wantedBy = ({ type, subject, correlation, job }: Filters): ((event: NonNullable<Item["event"]>) => boolean) => {
  const isIn = (wanted: readonly string[] | undefined) => {
    const all = wanted && new Set(wanted);
    return (...values: readonly string[]): boolean => !all || values.some((value) => all.has(value));
  };
  const [types, subjects, correlations, jobs] = [isIn(type), isIn(subject), isIn(correlation), isIn(job)];
  return (event) =>
    types(event.type, event.type.slice(event.type.lastIndexOf(".") + 1)) &&
    subjects(event.subject) &&
    correlations(event.correlationid ?? "") &&
    jobs(event.actionid ?? "");
};
