/** Of several runs: the one in the middle, and between what they lie. */
export type Summary = { readonly median: number; readonly least: number; readonly most: number; readonly runs: number };

export const summaryOf = (values: readonly number[]): Summary => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
  return { median, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN, runs: sorted.length };
};
