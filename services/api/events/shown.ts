import type { CloudEvent } from "../../../schemas/generated/http.ts";
import type { Item } from "../../chassis/http/feed/items.ts";
import { type Filters, wantedBy } from "../../chassis/http/feed/wanted.ts";
import { type Frames, framesOf, type Rights, type Source } from "../../chassis/http/frames.ts";

/** Of so many messages that are sent at once, one has an id at least; the last one always has. */
const MARKED = 32;

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
      const isMarked = (number: number): boolean => number % MARKED === MARKED - 1 || number === shown.length - 1;
      if (shown.length > 0) yield framesOf(shown.map(({ frame }, number) => frame(isMarked(number))));
    }
  }
  return { [Symbol.asyncIterator]: frames, id: reading.id };
};
