const width = 140;

/** JSON in the format of this repository: a value that fits stays on one line, a longer value is broken into lines. */
export const renderJson = (value) => `${json(value, "", 0)}\n`;

function json(value, indent, used) {
  const line = inlineJson(value);
  if (indent !== "" && used + line.length <= width) return line;
  if (value === null || typeof value !== "object" || line.length === 2) return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const parts = Array.isArray(value)
    ? value.map((part) => inner + json(part, inner, inner.length + 1))
    : Object.entries(value).map(([key, part]) => {
        const start = `${inner}${JSON.stringify(key)}: `;
        return start + json(part, inner, start.length + 1);
      });
  return `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}

/** JSON on one line, with the formatter's spaces. */
export function inlineJson(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inlineJson).join(", ")}]`;
  const entries = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${inlineJson(part)}`);
  return entries.length ? `{ ${entries.join(", ")} }` : "{}";
}

/** A TypeScript literal on one line: names without quotes. */
export const literal = (value) => inlineJson(value).replaceAll(/"(\w+)":/g, "$1:");
