/** A stream and its version after a write, `cluster/cl-x7@12`. */
export type Position = { readonly stream: string; readonly version: number };

/** Positions as the text of a header; of each stream the highest only. */
export const positionsText = (positions: readonly Position[]): string => {
  const highest = new Map<string, number>();
  for (const { stream, version } of positions) highest.set(stream, Math.max(version, highest.get(stream) ?? 0));
  return [...highest].map(([stream, version]) => `${stream}@${version}`).join(", ");
};

/** The positions in a header; undefined if it is malformed. */
export const positionsIn = (text: string): readonly Position[] | undefined => {
  const parts = text.split(",").map((part) => /^\s*([a-z]\w*\/[^/@\s]+)@(\d{1,12})\s*$/.exec(part));
  const positions = parts.flatMap((part) => (part?.[1] ? [{ stream: part[1], version: Number(part[2]) }] : []));
  return positions.length === parts.length ? positions : undefined;
};
