import { digestOf } from "../packages/archive.ts";

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Twelve letters derived from the parts, so that a repeated indexing run assigns the same ids. */
export const idFrom = (...parts: readonly string[]): string => {
  let rest = BigInt(`0x${digestOf(new TextEncoder().encode(JSON.stringify(parts)))}`);
  let id = "";
  while (id.length < 12) {
    id += letters[Number(rest % 62n)];
    rest /= 62n;
  }
  return id;
};
