import { isSealed } from "../../../events/index.ts";

/** A value with its secrets, and hashes of them, left out: what is shown of one is only that it is there. */
export const withoutSecrets = <T>(value: T): T => JSON.parse(JSON.stringify(value, shown) ?? "null");
const shown = (name: string, value: unknown): unknown => {
  if (typeof value !== "string") return value;
  return isSealed(value) ? "(sealed)" : value !== "" && /(password|secret)_?hash$/i.test(name) ? "(hash)" : value;
};
