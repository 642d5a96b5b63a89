import type { Condition, Counts } from "../../../events/index.ts";

const DAY = 86_400_000;
const DAYS = 14;

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** The most frequent values of a field, each with its number of documents. */
export const byValue = ({ counts }: Counts): { readonly [value: string]: number } =>
  Object.fromEntries(counts.map(({ value, count }) => [String(value), count]));

/** Documents that were created within the last 14 days, today included. */
export const createdLately = (now: number): Condition => ({
  field: "create_time",
  from: dateOf(now - (DAYS - 1) * DAY),
  below: dateOf(now + DAY),
});
/** Counts documents by the date on which they were created. */
export const byDate = { field: "create_time", prefix: 10, limit: DAYS } as const;

/** The documents of each of the last 14 days, by date. */
export const lastTwoWeeks = ({ counts }: Counts, now: number): { readonly [date: string]: number } => {
  const days = Array.from({ length: DAYS }, (_, back) => dateOf(now - (DAYS - 1 - back) * DAY));
  return Object.fromEntries(days.map((day) => [day, counts.find(({ value }) => value === day)?.count ?? 0]));
};
