/**
 * The commands that a row can issue, as its source names them. Rows are functions, and their answers depend on the event; but a command
 * stands in them literally, `type: "StopCluster"`. What only a function called from the row names stays unknown.
 */
export const issuedBy = (row: unknown, known: ReadonlySet<string>): readonly string[] => {
  if (typeof row === "function")
    return [...new Set([...String(row).matchAll(/\btype:\s*["'`](\w+)["'`]/g)].map(([, type = ""]) => type))].filter((type) =>
      known.has(type),
    );
  if (typeof row !== "object" || row === null) return [];
  return [...new Set(Object.values(row).flatMap((part) => issuedBy(part, known)))];
};
