/** How many documents there are of each value of a field, most first, at most `most`. */
export const counted = <D extends object>(
  documents: readonly D[],
  field: keyof D & string,
  most = 10,
): { readonly [value: string]: number } => {
  const counts = new Map<string, number>();
  for (const document of documents) {
    const value = String(document[field]);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, most));
};

const DAY = 86_400_000;

/** Documents created on each of the last 14 days, by date. */
export const lastTwoWeeks = (documents: readonly { readonly create_time: string }[], now: number): { readonly [date: string]: number } => {
  const days = Array.from({ length: 14 }, (_, back) => new Date(now - (13 - back) * DAY).toISOString().slice(0, 10));
  const counts = new Map(days.map((day) => [day, 0]));
  for (const { create_time } of documents) {
    const day = create_time.slice(0, 10);
    const count = counts.get(day);
    if (count !== undefined) counts.set(day, count + 1);
  }
  return Object.fromEntries(counts);
};
