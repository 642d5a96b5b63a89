import type { CloudEvent, Operations } from "../../../schemas/generated/http.ts";
import { type Frames, framesOf, type Rights, type Source } from "../../chassis/http/frames.ts";
import type { Item } from "./items.ts";

type Filters = Operations["StreamEvents"]["request"];

/** Whether a request's filters let an event through. */
const wantedBy = ({ type, subject, correlation, job }: Filters): ((event: NonNullable<Item["event"]>) => boolean) => {
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

/** The events that the filters of a request let through and its caller may see when they are sent. */
export const shownTo = (
  rights: Rights,
  filters: Filters,
  reading: AsyncIterable<readonly Item[]> & { readonly id: () => string },
): Source<CloudEvent> => {
  const isWanted = wantedBy(filters);
  async function* frames(): AsyncGenerator<Frames<CloudEvent>> {
    for await (const items of reading) {
      const now = await rights();
      if (!now) return;
      const shown = items.filter(({ event, owner }) => event === undefined || (isWanted(event) && now.sees(owner ?? {})));
      if (shown.length > 0) yield framesOf(shown.map(({ frame }) => frame()));
    }
  }
  return { [Symbol.asyncIterator]: frames, id: reading.id };
};
